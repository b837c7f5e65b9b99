import { metricNames } from '../plan/types.ts';
import type { Expectation, Scenario } from '../scenario/types.ts';
import { createAccountant, sumOf } from './accounting.ts';
import { createEndsCheck } from './checks/ends.ts';
import { createChecks } from './checks/index.ts';
import { checkMemory } from './checks/memory.ts';
import { checkRest } from './checks/rest.ts';
import { checkRings } from './checks/ring.ts';
import { checkWays } from './checks/ways.ts';
import { createAlterationReader } from './ledger/altered.ts';
import { accountItem } from './ledger/bucket.ts';
import { type JudgeContext, prepare } from './ledger/context.ts';
import { accountPoint } from './ledger/point.ts';
import { createFactReader, filterFacts } from './ledger/reader.ts';
import { viewItem } from './ledger/sightings.ts';
import { accountTrace } from './ledger/trace.ts';
import type { Lane } from './routes/lanes.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import type {
  Accounting,
  CheckResult,
  Decisions,
  Finding,
  LogAccounting,
  PointAccounting,
} from './types.ts';
import { concludesFromPresence, type Watcher } from './watch.ts';
import { type Openable, weigh } from './weigh.ts';

/** What one line says of its items. */
export interface JudgedLane {
  readonly lane: Lane;
  readonly results: readonly CheckResult[];
  /** Of these, what nothing on this line answers for. */
  readonly ofNothing: ReadonlySet<CheckResult>;
  readonly spans: Accounting;
  readonly logs: LogAccounting;
  readonly metricPoints: PointAccounting;
  readonly decisions: Decisions;
  readonly timeline: Timeline;
}

/**
 * Judges the items of one line. Every trace, log record and metric point is looked at once; each
 * check watches them pass by.
 *
 * @param expect what is asked of this line
 * @param missing evidence files that are not there
 */
export async function judgeLane(
  scenario: Scenario,
  lane: Lane,
  expect: readonly Expectation[],
  missing: readonly string[],
): Promise<JudgedLane> {
  const { pipeline, evidence, watches } = lane;
  const context = await prepare(scenario, pipeline, evidence, lane);
  const ends = lane.isOnly ? createEndsCheck(context) : undefined;
  const checks = [...createChecks(expect, context, missing), ...(ends ? [ends] : [])];
  const accountant = createAccountant(context);
  const timeline = createTimeline(context);
  if (watches.has('traces')) await watchTraces(context, [...checks, accountant, timeline]);
  if (watches.has('logs')) await watchLogs(context, [...checks, accountant, timeline]);
  if (watches.has('metrics')) await watchPoints(context, [...checks, accountant]);
  const results: Openable[] = [];
  for (const check of checks) {
    const result = await check.finish();
    results.push({ openedBy: check.openedBy, result });
  }
  const [spans, logs, metricPoints] = [
    accountant.spans(),
    accountant.logs(),
    accountant.metricPoints(),
  ];
  const own = [
    ...checkSums(lane, { spans, logs, metricPoints }),
    ...checkRings(context),
    ...checkWays(context),
    ...checkMemory(context),
    ...checkRest(context),
  ];
  const weighed = weigh([
    ...results,
    ...own.map((result) => ({ result, openedBy: concludesFromPresence })),
  ]);
  return {
    lane,
    results: weighed,
    ofNothing: new Set(weighed.filter((_, i) => checks[i]?.isOfNothing?.())),
    spans,
    logs,
    metricPoints,
    decisions: accountant.decisions(),
    timeline: timeline.finish(),
  };
}

/** Of what stands behind another sampler the plan is what that one handed on. */
function checkSums(
  { evidence: { facts }, watches, behind }: Lane,
  { spans, logs, metricPoints }: Pick<JudgedLane, 'spans' | 'logs' | 'metricPoints'>,
): CheckResult[] {
  const points = metricNames.length * facts.plannedMetricBlocks;
  return [
    ...(watches.has('traces') && behind === undefined
      ? checkSum('spans', spans, facts.plannedSpans)
      : []),
    ...(watches.has('logs') ? checkSum('log records', logs, facts.plannedLogs) : []),
    ...(watches.has('metrics') ? checkSum('metric points', metricPoints, points) : []),
  ];
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
