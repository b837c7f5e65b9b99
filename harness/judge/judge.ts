import type { Evidence } from '../evidence/types.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { metricNames } from '../plan/types.ts';
import type { Scenario } from '../scenario/types.ts';
import { createAccountant, sumOf } from './accounting.ts';
import { createChecks } from './checks/index.ts';
import { checkMemory } from './checks/memory.ts';
import { checkRest } from './checks/rest.ts';
import { checkRings } from './checks/ring.ts';
import { checkWays } from './checks/ways.ts';
import { judgeFound } from './found.ts';
import { createAlterationReader } from './ledger/altered.ts';
import { accountItem } from './ledger/bucket.ts';
import { type JudgeContext, prepare } from './ledger/context.ts';
import { accountPoint } from './ledger/point.ts';
import { createFactReader, filterFacts } from './ledger/reader.ts';
import { viewItem } from './ledger/sightings.ts';
import { accountTrace } from './ledger/trace.ts';
import { relate } from './story/order.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import type {
  Accounting,
  CheckResult,
  Finding,
  LogAccounting,
  PointAccounting,
  Verdict,
} from './types.ts';
import { concludesFromPresence, type Watcher } from './watch.ts';
import { type Openable, weigh, worst } from './weigh.ts';

/** All that the evidence tells; how the run came about its caller knows. */
type JudgedVerdict = Omit<Verdict, 'rerun' | 'timings'>;

export interface Judgement {
  readonly verdict: JudgedVerdict;
  readonly timeline: Timeline;
}

/**
 * Judges a run: a pure function of what was planned and what was recorded. Every trace and log
 * record is looked at once; each check watches them pass by.
 *
 * @param missing evidence files that are not there
 */
export async function judge(
  scenario: Scenario,
  pipeline: Pipeline,
  evidence: Evidence,
  missing: readonly string[],
): Promise<Judgement> {
  const context = await prepare(scenario, pipeline, evidence);
  const checks = createChecks(scenario.expect, context, missing);
  const accountant = createAccountant(context);
  const timeline = createTimeline(context);
  await watchTraces(context, [...checks, accountant, timeline]);
  await watchLogs(context, [...checks, accountant, timeline]);
  await watchPoints(context, [...checks, accountant]);
  const results: Openable[] = [];
  for (const check of checks) {
    const result = await check.finish();
    results.push({ openedBy: check.openedBy, result });
  }
  const accounting = accountant.spans();
  const logs = accountant.logs();
  const metricPoints = accountant.metricPoints();
  const plannedPoints = metricNames.length * evidence.facts.plannedMetricBlocks;
  const weighed = relate(
    weigh([
      ...results,
      ...[
        ...checkSum('spans', accounting, evidence.facts.plannedSpans),
        ...checkSum('log records', logs, evidence.facts.plannedLogs),
        ...checkSum('metric points', metricPoints, plannedPoints),
        ...checkRings(context),
        ...checkWays(context),
        ...checkMemory(context),
        ...checkRest(context),
      ].map((result) => ({ result, openedBy: concludesFromPresence })),
    ]),
  );
  const found = scenario.expect.find((expectation) => expectation.check === 'found');
  const all =
    found?.check === 'found' ? [...weighed, judgeFound(found.findings, weighed)] : weighed;
  const { facts } = evidence;
  const verdict: JudgedVerdict = {
    scenario: scenario.name,
    pipeline: pipeline.name,
    runtime: facts.runtime,
    seed: facts.seed,
    planHash: facts.planHash,
    verdict: found ? (all.at(-1) as CheckResult).verdict : worst(all.map((check) => check.verdict)),
    checks: all,
    accounting,
    logs,
    metricPoints,
    decisions: accountant.decisions(),
    receipts: evidence.receipts,
    fidelity: facts.notes,
    versions: facts.versions,
  };
  return { verdict, timeline: timeline.finish() };
}

type Watching = Pick<Watcher, 'trace' | 'log'>;

async function watchTraces(context: JudgeContext, watchers: readonly Watching[]): Promise<void> {
  const facts = createFactReader(context);
  const reader = createAlterationReader(context, context.paths.traces, 'traces');
  for await (const trace of context.evidence.traces()) {
    const account = accountTrace(context, facts, trace);
    const alterations = account.spans.map(({ view }) => reader.alterations(view).found);
    for (const watcher of watchers) watcher.trace?.({ account, alterations });
  }
}

async function watchLogs(context: JudgeContext, watchers: readonly Watching[]): Promise<void> {
  const path = context.paths.logs;
  const reader = createAlterationReader(context, path, 'logs');
  for await (const item of context.evidence.logs()) {
    const view = viewItem(context, path, 'logs', item);
    const facts = filterFacts(context, item, 'logs');
    const account = accountItem(context, path, view, facts, undefined);
    for (const watcher of watchers) {
      watcher.log?.({ account, alterations: reader.alterations(view).found });
    }
  }
}

async function watchPoints(
  context: JudgeContext,
  watchers: readonly Pick<Watcher, 'point'>[],
): Promise<void> {
  for await (const item of context.evidence.points()) {
    const account = accountPoint(context, item);
    for (const watcher of watchers) watcher.point?.(account);
  }
}

/** The buckets must add up to the plan; if they do not, evidence of the plan itself is gone. */
function checkSum(
  what: 'spans' | 'log records' | 'metric points',
  accounting: Accounting | LogAccounting | PointAccounting,
  planned: number,
): CheckResult[] {
  const sum = sumOf(accounting);
  if (sum === planned && accounting.planned === planned) return [];
  const finding: Finding = {
    kind: 'evidence-missing',
    hop: 'ledger',
    component: 'ledger',
    cause: `${planned - sum} planned ${what} are not in the evidence`,
    count: Math.abs(planned - sum),
    window: null,
    examples: [],
    fix: 'run it again',
    gap: 'record',
  };
  return [
    {
      name: 'evidence',
      subject: `sum of ${what}`,
      verdict: 'unknown',
      expected: `${planned} planned ${what} in the buckets`,
      observed: `${sum}`,
      findings: [finding],
    },
  ];
}
