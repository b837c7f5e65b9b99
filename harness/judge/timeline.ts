import type { BlockOutcome } from '../drive/outcomes.ts';
import { createFlowCounter, type Flow } from './flow.ts';
import type { Graph } from './graph.ts';
import type { ItemAccount } from './ledger/account.ts';
import { taken } from './ledger/arrival.ts';
import type { StayAccount } from './ledger/stay.ts';
import type { JudgeContext, LogAccount, WatchedTrace } from './watch.ts';

/** What happened when, and where the items went: what a picture of the run is drawn from. */
export interface Timeline {
  /** Epoch milliseconds; every other moment counts from here. */
  readonly startMs: number;
  /** When the last block was due. */
  readonly loadMs: number;
  /** When the collectors were asked to stop. */
  readonly endMs: number;
  /** Width of one bucket; every series has the same number of them. */
  readonly bucketMs: number;
  /** Spans by the moment at which their block was sent, or was due where it was not. */
  readonly sent: Readonly<Record<SentKind, readonly number[]>>;
  /** Spans by their first recorded request at the backend. */
  readonly delivered: readonly number[];
  /** Decisions of gateways over traces, by the moment at which each was surely made. */
  readonly decisions: Readonly<Record<DecisionKind, readonly number[]>>;
  /** Lost spans: when the process that held them ended, else when they were last seen. */
  readonly lost: readonly LostSeries[];
  readonly faults: readonly FaultMark[];
  readonly lives: readonly LifeMark[];
  readonly flows: readonly Flow[];
  /** The pipeline as it was understood; runs of older benches left none. */
  readonly graph?: Graph;
}

export type SentKind = BlockOutcome['outcome'] | 'notSent';
/** `open`: the evidence does not tell what was held, or whether it was decided. */
export type DecisionKind = 'kept' | 'notKept' | 'open';

export interface LostSeries {
  readonly hop: string;
  readonly cause: string;
  readonly spans: readonly number[];
}

export interface FaultMark {
  readonly kind: string;
  readonly target: string;
  readonly pod: string;
  readonly fromMs: number;
  /** Null where it was not healed. */
  readonly toMs: number | null;
  readonly bit: boolean;
}

/** One life of one collector. */
export interface LifeMark {
  readonly pod: string;
  readonly tier: string;
  readonly fromMs: number;
  readonly readyMs: number | null;
  readonly toMs: number | null;
  readonly ending: 'running' | 'stop' | 'fault' | 'unasked';
  readonly oomKilled: boolean;
}

export interface TimelineCollector {
  trace(trace: WatchedTrace): void;
  log(log: LogAccount): void;
  finish(): Timeline;
}

const bucketMs = 500;

/** Collects the timeline while every trace and log record passes by. */
export function createTimeline(context: JudgeContext): TimelineCollector {
  const { facts } = context.evidence;
  const flow = createFlowCounter(context);
  const series = new Map<string, number[]>();
  const count = (name: string, atMs: number): void => {
    const bucket = Math.max(0, Math.floor((atMs - facts.startMs) / bucketMs));
    const list = series.get(name) ?? [];
    series.set(name, list);
    while (list.length <= bucket) list.push(0);
    list[bucket] = (list[bucket] ?? 0) + 1;
  };
  return {
    trace: (trace) => {
      flow.trace(trace);
      for (const span of trace.account.spans) countSpan(facts.startMs, span, count);
      for (const stay of trace.account.stays) {
        if (stay.fate === 'decided') count(decisionOf(stay), stay.decidedToMs);
      }
    },
    log: (log) => flow.log(log),
    finish: () => toTimeline(context, series, flow.finish()),
  };
}

type Count = (name: string, atMs: number) => void;

/** Joined once: each name is that of millions. */
const sentNames = { acked: 'sent/acked', refused: 'sent/refused', unknown: 'sent/unknown' };

function countSpan(startMs: number, { view, bucket }: ItemAccount, count: Count): void {
  const { block } = view;
  const outcome = block?.outcome;
  if (outcome) count(sentNames[outcome.outcome], outcome.sentMs);
  else if (block) count('sent/notSent', startMs + block.dueMs);
  if (bucket.kind === 'delivered') {
    const seen = taken(view.deliveries).map((delivery) => delivery.fromMs);
    count('delivered', Math.min(...seen));
  }
  if (bucket.kind !== 'lost') return;
  const arrivals = [...view.arrivals.flat(), ...view.deliveries];
  const last = arrivals.reduce((a, b) => (a.toMs >= b.toMs ? a : b));
  const held = bucket.cause === 'held-by-killed';
  const endedMs = held ? taken(arrivals).at(-1)?.incarnation?.life.endedMs : undefined;
  count(`lost/${bucket.hop}/${bucket.cause}`, endedMs ?? last.toMs);
}

function decisionOf({ ambiguous, decision }: StayAccount): string {
  const kind = ambiguous ? 'open' : decision?.outcome === 'sampled' ? 'kept' : 'notKept';
  return `decided/${kind}`;
}

function toTimeline(
  { evidence, pipeline }: JudgeContext,
  series: ReadonlyMap<string, readonly number[]>,
  flows: readonly Flow[],
): Timeline {
  const { facts } = evidence;
  const since = (atMs: number): number => Math.round(atMs - facts.startMs);
  const sinceOrNull = (atMs: number | undefined): number | null =>
    atMs === undefined ? null : since(atMs);
  const least = Math.ceil(Math.max(0, since(facts.endMs)) / bucketMs);
  const buckets = Math.max(least, ...[...series.values()].map((list) => list.length));
  const of = (name: string): number[] =>
    Array.from({ length: buckets }, (_, i) => series.get(name)?.[i] ?? 0);
  const tiers = new Set(pipeline.tiers.map(({ name }) => name));
  return {
    startMs: facts.startMs,
    loadMs: Math.round(facts.loadMs),
    endMs: since(facts.endMs),
    bucketMs,
    sent: {
      acked: of('sent/acked'),
      refused: of('sent/refused'),
      unknown: of('sent/unknown'),
      notSent: of('sent/notSent'),
    },
    delivered: of('delivered'),
    decisions: {
      kept: of('decided/kept'),
      notKept: of('decided/notKept'),
      open: of('decided/open'),
    },
    lost: [...series.keys()].flatMap((name) => {
      const [what, hop = '', cause = ''] = name.split('/');
      return what === 'lost' ? [{ hop, cause, spans: of(name) }] : [];
    }),
    faults: evidence.receipts.map(({ kind, target, pod, injectedMs, healedMs, bit }) => ({
      kind,
      target,
      pod,
      fromMs: since(injectedMs),
      toMs: sinceOrNull(healedMs),
      bit,
    })),
    lives: evidence.lives
      .filter(({ tier }) => tiers.has(tier))
      .map(({ pod, tier, startedMs, readyMs, endedMs, ending, oomKilled }) => ({
        pod,
        tier,
        fromMs: since(startedMs),
        readyMs: sinceOrNull(readyMs),
        toMs: sinceOrNull(endedMs),
        ending,
        oomKilled,
      })),
    flows,
  };
}
