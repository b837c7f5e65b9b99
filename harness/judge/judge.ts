import type { Evidence } from '../evidence/types.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Scenario } from '../scenario/types.ts';
import { judgeDerived } from './derived/judge-derived.ts';
import { judgeFound } from './found.ts';
import { graphOf } from './graph.ts';
import { type JudgedLane, judgeLane } from './judge-lane.ts';
import { lanesOf } from './routes/lanes.ts';
import { mergeAccounts, mergeResults, mergeTimelines, routesOf } from './routes/merge.ts';
import { questionsTo, unanswered } from './routes/questions.ts';
import { openSharedStores } from './routes/shared-stores.ts';
import { relate } from './story/order.ts';
import type { Timeline } from './timeline.ts';
import type { CheckResult, Verdict } from './types.ts';
import { worst } from './weigh.ts';

/** All that the evidence tells; how the run came about its caller knows. */
type JudgedVerdict = Omit<Verdict, 'rerun' | 'timings'>;

export interface Judgement {
  readonly verdict: JudgedVerdict;
  readonly timeline: Timeline;
}

/**
 * Judges a run: a pure function of what was planned and what was recorded. Where a signal has
 * several ways each is judged as the line that it is, and the worst counts.
 *
 * @param missing evidence files that are not there
 */
export async function judge(
  scenario: Scenario,
  pipeline: Pipeline,
  evidence: Evidence,
  missing: readonly string[],
): Promise<Judgement> {
  const lanes = lanesOf(pipeline, evidence, scenario.expect);
  const judged: JudgedLane[] = [];
  for (const lane of lanes) {
    const questions = questionsTo(lane, lanes, scenario.expect);
    judged.push(await judgeLane(scenario, lane, questions, missing));
  }
  const derived: CheckResult[] = [];
  for (const expectation of scenario.expect) {
    if (expectation.check !== 'derived') continue;
    derived.push(...(await judgeDerived(scenario, pipeline, evidence, expectation)));
  }
  const weighed = relate([
    ...openSharedStores(pipeline, mergeResults(judged)),
    ...unanswered(lanes, scenario.expect),
    ...derived,
  ]);
  const found = scenario.expect.find((expectation) => expectation.check === 'found');
  const all =
    found?.check === 'found' ? [...weighed, judgeFound(found.findings, weighed)] : weighed;
  const { facts } = evidence;
  const routes = routesOf(judged);
  const verdict: JudgedVerdict = {
    scenario: scenario.name,
    pipeline: pipeline.name,
    runtime: facts.runtime,
    seed: facts.seed,
    planHash: facts.planHash,
    verdict: found ? (all.at(-1) as CheckResult).verdict : worst(all.map((check) => check.verdict)),
    checks: all,
    ...mergeAccounts(judged),
    ...(routes.length > 0 ? { routes } : {}),
    receipts: evidence.receipts,
    fidelity: facts.notes,
    versions: facts.versions,
  };
  return { verdict, timeline: { ...mergeTimelines(judged), graph: graphOf(pipeline) } };
}
