import { sendersOf } from '../../pipeline/senders.ts';
import type { Output } from '../../pipeline/types.ts';
import { batchedBySenderMs, batchedForMs } from '../model/batches.ts';
import type { ItemAccount } from './account.ts';
import { type Arrival, type ItemView, taken } from './arrival.ts';
import { type Break, itemIdOf } from './breaks.ts';
import type { JudgeContext } from './context.ts';
import type { StayAccount } from './stay.ts';
import { slackMs } from './ticks.ts';

/** An exporter's queue of one signal, and the ends of the processes that had it. */
export interface BrokenQueue {
  readonly step: number;
  readonly output: Output;
  readonly breaks: readonly Break[];
  readonly isOnDisk: boolean;
}

/** What became of spans and log records that were queued when a process ended. */
export interface QueueCounts {
  /** Answered before that end, of what those processes took. */
  before: number;
  onDisk: number;
  redelivered: number;
  doubled: number;
  lostOnDisk: number;
  lostInMemory: number;
  open: number;
  /** The longest from the next process being ready until one came. */
  drainedMs: number;
}

export const noCounts = (): QueueCounts => ({
  before: 0,
  onDisk: 0,
  redelivered: 0,
  doubled: 0,
  lostOnDisk: 0,
  lostInMemory: 0,
  open: 0,
  drainedMs: 0,
});

/**
 * Follows one item through the ends of the processes that may have queued it.
 * @returns where it was queued when it was lost; undefined where it was not, or that is open
 */
export function fateOfQueued(
  context: JudgeContext,
  queue: BrokenQueue,
  account: ItemAccount,
  stays: readonly StayAccount[],
  counts: QueueCounts,
): 'on disk' | 'in memory' | undefined {
  const { view } = account;
  const came = cameBy(queue, view);
  let fate: 'on disk' | 'in memory' | undefined;
  for (const one of queue.breaks) {
    const before = came.filter((arrival) => arrival.fromMs < one.endedMs && wasTaken(arrival));
    if (one.onDisk?.has(itemIdOf(view.item))) {
      if (countOnDisk(one, came, before.length, account, counts)) fate = 'on disk';
    } else if (holds(queue, view, one)) {
      if (before.length > 0) counts.before++;
      else if (!queue.isOnDisk && isLostQueued(context, queue, account, stays, one)) {
        counts.lostInMemory++;
        fate = 'in memory';
      }
    }
  }
  return fate;
}

/** @returns whether it was on disk and never came, for certain */
function countOnDisk(
  { endedMs, backMs }: Break,
  came: readonly Arrival[],
  before: number,
  { indeterminate, missing }: ItemAccount,
  counts: QueueCounts,
): boolean {
  counts.onDisk++;
  const after = came.filter((arrival) => arrival.fromMs >= endedMs);
  const ok = after.filter(wasTaken);
  if (ok.length > 0) {
    counts.redelivered++;
    if (before + ok.length > 1) counts.doubled++;
    const firstMs = Math.min(...ok.map(({ toMs }) => toMs));
    if (backMs !== undefined) counts.drainedMs = Math.max(counts.drainedMs, firstMs - backMs);
    return false;
  }
  if (before > 0) return false;
  if (indeterminate || missing || after.some(({ kind }) => kind === 'maybe')) {
    counts.open++;
    return false;
  }
  counts.lostOnDisk++;
  return true;
}

/** Where the exporter leads, what was seen of an item there. */
const cameBy = ({ output: { to }, step }: BrokenQueue, view: ItemView): readonly Arrival[] =>
  'backend' in to
    ? view.deliveries.filter(({ backend }) => backend === to.backend)
    : (view.arrivals[step + 1] ?? []);

/** Taken in there, though its sender may have been gone by then. */
const wasTaken = ({ kind, takenMs }: Arrival): boolean => kind === 'ok' || takenMs !== undefined;

const takenBy = ({ step }: BrokenQueue, view: ItemView, { key }: Break): Arrival[] =>
  taken(view.arrivals[step] ?? []).filter(({ incarnation }) => incarnation?.key === key);

const holds = (queue: BrokenQueue, view: ItemView, one: Break): boolean =>
  takenBy(queue, view, one).length > 0;

/**
 * A queue in memory is sent once more on SIGTERM, and what fails then is given up, in these words
 * (exporterhelper v0.152.0, internal/retry_sender.go and experr/err.go).
 */
const givenUpAtEnd = /interrupted due to shutdown/;

/** It never came, and the process had handed it to its queue, in memory, before it ended. */
function isLostQueued(
  { samplerStep, paths }: JudgeContext,
  queue: BrokenQueue,
  { view, bucket, indeterminate, missing }: ItemAccount,
  stays: readonly StayAccount[],
  one: Break,
): boolean {
  if (bucket.kind !== 'lost' || indeterminate || missing) return false;
  if (givenUpAtEnd.test(bucket.detail)) return true;
  // What was given up before went with no process.
  if (bucket.cause !== 'held-by-killed') return false;
  const { processors = [] } = paths[queue.output.signal].steps[queue.step] ?? {};
  const senders = sendersOf(queue.output.exporter);
  const batchedMs =
    batchedForMs(processors) + senders.reduce((sum, own) => sum + batchedBySenderMs(own), 0);
  const takenMs = Math.max(...takenBy(queue, view, one).map(({ toMs }) => toMs));
  const samples = queue.output.signal === 'traces' && queue.step === samplerStep;
  const stay = stays.find(
    ({ incarnation, held, late }) =>
      incarnation.key === one.key && (held.has(view.item.item) || late.has(view.item.item)),
  );
  if (samples && (stay?.decision?.outcome !== 'sampled' || stay.ambiguous)) return false;
  const readyMs = Math.max(takenMs, samples ? (stay?.decidedToMs ?? 0) : 0);
  return readyMs + batchedMs + slackMs <= one.endedMs;
}
