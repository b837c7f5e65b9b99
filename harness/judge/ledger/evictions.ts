import type { TraceArrival } from '../../evidence/types.ts';

/** One stretch of time in which a gateway held a trace; without `evictedMs` to the end. */
export interface Stay {
  readonly enteredMs: number;
  readonly evictedMs: number | undefined;
  /** Requests taken at once may have been taken in another order, and here that decides it. */
  readonly open: boolean;
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
  evictedMs: number | undefined;
}

/**
 * Replays the arrivals at one gateway process, in order, through its memory of `num_traces`: a new
 * trace pushes the oldest out, decided or not (tailsamplingprocessor v0.152.0, processor.go,
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
      entry.evictedMs = fromMs;
    }
    const entry = { ...arrival, evictedMs: undefined };
    entries.push(entry);
    held.set(trace, entry);
  }
  return staysOf(entries, settings);
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
function staysOf(entries: readonly Entry[], settings: EvictionSettings): Map<number, Stay[]> {
  const isOpen = settings.cachesDecisions ? () => false : openness(entries, settings.numTraces);
  const all = new Map<number, Stay[]>();
  const touched = new Set<number>();
  entries.forEach((entry, i) => {
    const stay = { enteredMs: entry.fromMs, evictedMs: entry.evictedMs, open: isOpen(entry, i) };
    all.set(entry.trace, [...(all.get(entry.trace) ?? []), stay]);
    if (stay.open || stay.evictedMs !== undefined) touched.add(entry.trace);
  });
  for (const trace of all.keys()) if (!touched.has(trace)) all.delete(trace);
  return all;
}

/**
 * An entry is surely pushed out when `numTraces` entries surely came behind it, and surely not when
 * fewer than that possibly did; in between it is open. Within one request the order is known.
 */
function openness(
  entries: readonly Entry[],
  numTraces: number,
): (entry: Entry, index: number) => boolean {
  const fromTimes = Float64Array.from(entries, (e) => e.fromMs).sort();
  const toTimes = Float64Array.from(entries, (e) => e.toMs).sort();
  return (entry, index) => {
    const surely = entries.length - countUpTo(fromTimes, entry.toMs) + mates(entries, index, 1);
    const behind = entries.length - countUpTo(toTimes, entry.fromMs) - 1;
    const possibly = behind - mates(entries, index, -1);
    return surely < numTraces && possibly >= numTraces;
  };
}

/** Entries of the same request that stand behind (1) or before (-1) an entry. */
function mates(entries: readonly Entry[], index: number, direction: 1 | -1): number {
  const own = entries[index];
  let count = 0;
  for (let i = index + direction; ; i += direction) {
    const other = entries[i];
    if (!other || other.fromMs !== own?.fromMs || other.toMs !== own.toMs) return count;
    count++;
  }
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
