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
  /** Of one kind: those of the other stay. */
  readonly cachesSome?: boolean;
}

const tickMs = 1_000;

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
  const entries: TraceArrival[] = [];
  // A Map keeps the order of insertion: its first key is the oldest trace.
  const held = new Map<number, TraceArrival>();
  const cached = new Set<number>();
  for (const arrival of arrivals) {
    const { trace, fromMs } = arrival;
    if (settings.cachesDecisions) releaseDecided(held, cached, fromMs, settings);
    if (held.has(trace) || cached.has(trace)) continue;
    if (held.size >= settings.numTraces) {
      const [oldest] = held.keys();
      held.delete(oldest as number);
    }
    entries.push(arrival);
    held.set(trace, arrival);
  }
  const windowOf = windows(entries, settings.numTraces);
  if (!settings.cachesDecisions && !settings.cachesSome) return staysOf(entries, windowOf);
  const lastMs = settings.decisionWaitMs + tickMs;
  if (!settings.cachesDecisions) {
    // Who has left by then is not known, and neither is whether it came back as a new trace.
    const cameBack = entries.length > new Set(entries.map(({ trace }) => trace)).size;
    return staysOf(entries, (entry) => {
      const window = windowOf(entry);
      const isSure = window && !cameBack && window.fromMs <= entry.toMs + lastMs;
      return window && (isSure ? window : { ...window, toMs: Number.POSITIVE_INFINITY });
    });
  }
  // Until it is decided, whoever came behind it is not either: caches change nothing before that.
  return staysOf(entries, (entry) => {
    const window = windowOf(entry);
    return window && window.fromMs <= entry.toMs + lastMs ? window : undefined;
  });
}

function releaseDecided(
  held: Map<number, TraceArrival>,
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
  entries: readonly TraceArrival[],
  evictedOf: (entry: TraceArrival) => Window | undefined,
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
  entries: readonly TraceArrival[],
  numTraces: number,
): (entry: TraceArrival) => Window | undefined {
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
export function countUpTo(times: Float64Array, atMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
