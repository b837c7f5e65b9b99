import type { TraceArrival } from '../../evidence/types.ts';

/** Between these moments something surely happened. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One stretch of time in which a gateway held a trace; without `evicted` to the end. */
export interface Stay {
  readonly enteredMs: number;
  /** When it was pushed out; to infinity where that may not have happened at all. */
  readonly evicted: Window | undefined;
}

export interface EvictionSettings {
  readonly numTraces: number;
  readonly decisionWaitMs: number;
  /**
   * Decided traces leave at once when both decision caches are on (processor.go, release...Trace).
   */
  readonly cachesDecisions: boolean;
}

const tickMs = 1_000;

/** One entering of a trace into the memory. */
interface Entry extends TraceArrival {
  pushedBy: TraceArrival | undefined;
}

/**
 * Replays the arrivals at one gateway process through its memory of `num_traces`: a new trace
 * pushes the oldest out, decided or not (tailsamplingprocessor v0.152.0, processor.go, iter,
 * waitForSpace, dropTrace). Returns the stays of traces that were pushed out, or may have been; all
 * others stayed.
 */
export function replayEvictions(
  arrivals: Iterable<TraceArrival>,
  settings: EvictionSettings,
): Map<number, Stay[]> {
  const entries: Entry[] = [];
  // A Map keeps the order of insertion: its first key is the oldest trace.
  const held = new Map<number, Entry>();
  const cached = new Set<number>();
  for (const arrival of arrivals) {
    const { trace, fromMs } = arrival;
    if (settings.cachesDecisions) releaseDecided(held, cached, fromMs, settings);
    if (held.has(trace) || cached.has(trace)) continue;
    if (held.size >= settings.numTraces) {
      const [oldest, entry] = held.entries().next().value as [number, Entry];
      held.delete(oldest);
      entry.pushedBy = arrival;
    }
    const entry = { ...arrival, pushedBy: undefined };
    entries.push(entry);
    held.set(trace, entry);
  }
  const evictedOf = settings.cachesDecisions
    ? ({ pushedBy }: Entry) => pushedBy && { fromMs: pushedBy.fromMs, toMs: pushedBy.toMs }
    : windows(entries, settings.numTraces);
  return staysOf(entries, evictedOf);
}

function releaseDecided(
  held: Map<number, Entry>,
  cached: Set<number>,
  nowMs: number,
  { decisionWaitMs }: EvictionSettings,
): void {
  for (const [trace, { fromMs }] of held) {
    if (fromMs + decisionWaitMs + tickMs > nowMs) return;
    held.delete(trace);
    cached.add(trace);
  }
}

/** Stays of every trace with at least one that ended, or may have ended, by being pushed out. */
function staysOf(
  entries: readonly Entry[],
  evictedOf: (entry: Entry) => Window | undefined,
): Map<number, Stay[]> {
  const all = new Map<number, Stay[]>();
  for (const entry of entries) {
    const stay = { enteredMs: entry.fromMs, evicted: evictedOf(entry) };
    all.set(entry.trace, [...(all.get(entry.trace) ?? []), stay]);
  }
  for (const [trace, stays] of all) if (!stays.some((s) => s.evicted)) all.delete(trace);
  return all;
}

/**
 * The entry that comes as the `numTraces`-th behind another pushes it out. In what order a process
 * takes requests that overlap is not known, nor that of the traces within one: it sorts them by a
 * Go map (processor.go, ConsumeTraces, groupSpansByTraceKey). So the push-out is no earlier than
 * had all that may stand behind come first, and no later than had only those that surely do.
 */
function windows(
  entries: readonly Entry[],
  numTraces: number,
): (entry: Entry) => Window | undefined {
  const fromTimes = Float64Array.from(entries, (e) => e.fromMs).sort();
  const toTimes = Float64Array.from(entries, (e) => e.toMs).sort();
  return (entry) => {
    const surelyBefore = countUpTo(toTimes, entry.fromMs);
    const fromMs = fromTimes[surelyBefore + numTraces];
    if (fromMs === undefined) return undefined;
    const possiblyBefore = countUpTo(fromTimes, entry.toMs);
    const toMs = toTimes[possiblyBefore + numTraces - 1] ?? Number.POSITIVE_INFINITY;
    return { fromMs: Math.max(fromMs, entry.fromMs), toMs };
  };
}

/** How many of the sorted times are at or before a moment. */
function countUpTo(times: Float64Array, atMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
