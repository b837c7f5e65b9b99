import { tellDenial } from '../lib/denial.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Unready } from '../stack/types.ts';
import { findings } from './findings.ts';
import { judgeFound } from './found.ts';
import type { CheckResult, Finding, Verdict } from './types.ts';

/** What is known of a run whose pipeline did not come up: nothing was sent. */
export interface UnstartedRun {
  readonly scenario: Scenario;
  readonly pipeline: Pipeline;
  readonly runtime: Verdict['runtime'];
  readonly seed: number;
  readonly planHash: string;
  readonly plannedSpans: number;
  readonly plannedLogs: number;
  readonly plannedPoints: number;
}

const wanted: Readonly<Record<Unready['kind'], string>> = {
  'config-rejected': 'every collector takes its configuration',
  'never-ready': 'every pod of the pipeline gets ready',
};

/** What an init container may have put in place, or given to the collector's user. */
const asksForFiles =
  /no such file or directory|must exist|permission denied|not permitted|not a directory/i;

/** Of the embedded runtime, which runs no init containers: those whose work may be what lacks. */
function notRunBefore({ runtime, pipeline }: UnstartedRun, unready: Unready): readonly string[] {
  const workload = pipeline.tiers.find(({ name }) => name === unready.tier)?.workload;
  const words = [unready.error ?? '', ...unready.lines].join('\n');
  const mayLack = runtime === 'embedded' && asksForFiles.test(words);
  return mayLack ? (workload?.init?.unknown ?? []) : [];
}

/**
 * Judges a run whose pipeline did not come up. In production nothing would arrive: that fails,
 * whatever the scenario expects beside it. Nothing is proved by a collector that misses a file
 * which an init container may make that was not run.
 */
export function judgeUnstarted(
  run: UnstartedRun,
  unready: Unready,
): Omit<Verdict, 'rerun' | 'timings'> {
  const asked = { name: 'start', subject: unready.tier, expected: wanted[unready.kind] } as const;
  const notRun = notRunBefore(run, unready);
  if (notRun.length > 0) {
    const observed =
      `${unready.what}: ${unready.error ?? unready.lines.at(-1)}; init container ` +
      `${notRun.join(', ')} may have mended that, and the embedded runtime runs none: --runtime kind does`;
    return unstartedVerdict(run, { ...asked, verdict: 'unknown', observed, findings: [] });
  }
  const findings = [findingOf(unready)];
  return unstartedVerdict(run, { ...asked, verdict: 'fail', observed: unready.what, findings });
}

/** The verdict of a run in which nothing was sent, for the reason that a check says. */
export function unstartedVerdict(
  run: UnstartedRun,
  start: CheckResult,
): Omit<Verdict, 'rerun' | 'timings'> {
  const found = run.scenario.expect.find((expectation) => expectation.check === 'found');
  const checks =
    found && start.verdict !== 'unknown' ? [start, judgeFound(found.findings, [start])] : [start];
  return {
    scenario: run.scenario.name,
    pipeline: run.pipeline.name,
    runtime: run.runtime,
    seed: run.seed,
    planHash: run.planHash,
    verdict: checks.at(-1)?.verdict ?? 'fail',
    checks,
    accounting: {
      ...nothingOf(run.plannedSpans),
      duplicated: 0,
      altered: 0,
      notSampled: { byDropPolicy: {}, byNone: 0 },
      late: 0,
      indeterminate: 0,
    },
    logs: { ...nothingOf(run.plannedLogs), duplicated: 0, altered: 0 },
    metricPoints: nothingOf(run.plannedPoints),
    decisions: { predicted: 0, compared: 0, wrong: 0 },
    receipts: [],
    fidelity: [],
    versions: {},
  };
}

function findingOf({ kind, tier, component, place, error, denied, lines }: Unready): Finding {
  const words = [
    ...(error === undefined ? [] : [error]),
    ...denied.map(tellDenial),
    ...(error === undefined && denied.length === 0 ? lines.slice(-1) : []),
  ];
  const right = denied[0];
  return {
    kind,
    hop: tier,
    component: component === undefined ? tier : `${tier}/${component}`,
    cause: [...(place === undefined ? [] : [place]), ...words].join(': '),
    count: 1,
    window: null,
    examples: [],
    fix: right
      ? `bind a role to ServiceAccount ${right.account} that may get, list and watch ${denied
          .map(({ resource, group }) => `${resource}${group ? `.${group}` : ''}`)
          .filter((what, i, all) => all.indexOf(what) === i)
          .join(', ')}`
      : findings[kind].fix,
  };
}

/** All that was planned was not offered. */
const nothingOf = (planned: number) => ({
  planned,
  delivered: 0,
  notOffered: planned,
  refused: 0,
  unseen: 0,
  filtered: [],
  ended: [],
  lost: [],
  unexplained: 0,
});
