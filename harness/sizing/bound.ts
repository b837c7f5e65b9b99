import { outageWithin } from './come-back.ts';
import { idleSeconds, type Step } from './schedule.ts';
import type { BoundSeen, SizedTier } from './types.ts';

/** An outage that the queue must survive, or must not, by its law. */
export interface BoundRun {
  readonly side: BoundSeen['side'];
  readonly outageMs: number;
  readonly outageAtMs: number;
  readonly steps: readonly Step[];
}

export interface BoundPlan {
  readonly spansPerSecond: number;
  /** By the law: until the queue of the busiest pod is full. */
  readonly survivesMs: number;
  readonly runs: readonly [BoundRun, BoundRun];
}

export interface QueueLoad {
  /** Spans a second that the tier was seen to carry. */
  readonly lastGood: number;
  readonly spansPerTrace: number;
  readonly keptShare: number;
  /** Of all traces, what the busiest pod gets. */
  readonly largestShare: number;
}

const wantedMs = 20_000;
const mostMs = 120_000;
/** CPU must not bind where the queue is asked. */
const mostOfKnee = 0.7;
/** How far from the law each run stays: the ring of the run is as even as it happens to be. */
const within = 0.75;
const beyond = 1.35;
const spareSeconds = 6;

/**
 * How long a backend may be away until the queue is full: a slot is one kept trace, and so is what
 * each consumer holds, since nothing batches behind tail sampling by itself.
 * @returns undefined where the queue is not known, or nothing fills it
 */
export function survivesMsOf(
  { queueSize, consumers }: Pick<SizedTier, 'queueSize' | 'consumers'>,
  keptPerSecond: number,
): number | undefined {
  if (queueSize === undefined || consumers === undefined || keptPerSecond <= 0) return undefined;
  return ((queueSize + consumers) / keptPerSecond) * 1_000;
}

/**
 * Lays a run on each side of the queue's law.
 * @returns undefined where that takes more than two minutes at any rate that the tier carries, or
 *   its queue is not known
 */
export function boundPlan(tier: SizedTier, load: QueueLoad): BoundPlan | undefined {
  const { decisionWaitMs = 0 } = tier;
  const keptOfSpan = (load.keptShare * load.largestShare) / load.spansPerTrace;
  const most = mostOfKnee * load.lastGood;
  const leastMs = survivesMsOf(tier, most * keptOfSpan);
  if (leastMs === undefined || leastMs * beyond > mostMs) return undefined;
  const survivesMs = Math.max(leastMs, wantedMs);
  const spansPerSecond = most * (leastMs / survivesMs);
  const outageAtMs = idleSeconds * 1_000 + decisionWaitMs + spareSeconds * 1_000;
  const runOf = (side: BoundSeen['side']): BoundRun => {
    // The queue goes on filling until the exporter is back.
    const outageMs =
      side === 'within' ? outageWithin(within * survivesMs, tier.comeBack) : beyond * survivesMs;
    const forSeconds = Math.ceil((outageAtMs + outageMs) / 1_000) + spareSeconds - idleSeconds;
    return {
      side,
      outageMs: Math.round(outageMs),
      outageAtMs,
      steps: [{ purpose: 'bound', spansPerSecond, forSeconds }],
    };
  };
  return { spansPerSecond, survivesMs, runs: [runOf('within'), runOf('beyond')] };
}

/** Why the law of the queue is not confirmed; empty where both runs came out as it says. */
export function boundRefusals(seen: readonly BoundSeen[]): string[] {
  return seen.flatMap(({ side, outageMs, survivesMs, lostSpans, droppedSpans, unknown }) => {
    const what = `an outage of ${seconds(outageMs)} where the queue is full after ${seconds(survivesMs)} by its law`;
    if (unknown !== undefined) return [`${what}: ${unknown}`];
    if (side === 'within' && lostSpans > 0) return [`${what} lost ${lostSpans} spans`];
    if (side === 'beyond' && droppedSpans === 0) return [`${what} filled no queue`];
    return [];
  });
}

/** One line a run, for the report. */
export const boundLine = (seen: BoundSeen): string => {
  const what = seen.lostSpans === 0 ? 'lost nothing' : `lost ${seen.lostSpans} spans`;
  const full = seen.droppedSpans > 0 ? `, ${seen.droppedSpans} since its queue was full` : '';
  return (
    `Run ${seen.side} it: at ${Math.round(seen.spansPerSecond)} spans/s the queue is full after ` +
    `${seconds(seen.survivesMs)} by its law; an outage of ${seconds(seen.outageMs)} ${what}${full}`
  );
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
