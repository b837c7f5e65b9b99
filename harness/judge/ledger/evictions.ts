/** One stretch of time in which a gateway held a trace; without `evictedMs` to the end. */
export interface Stay {
  readonly enteredMs: number;
  readonly evictedMs: number | undefined;
  /** Still there at the end by so little that the order of requests taken at once decides it. */
  readonly open?: boolean;
}

export interface EvictionSettings {
  readonly numTraces: number;
  readonly decisionWaitMs: number;
  /** Decided traces leave at once when both decision caches are on (processor.go, release...Trace). */
  readonly cachesDecisions: boolean;
}

const tickMs = 1_000;

/**
 * Replays the arrivals at one gateway process, in order, through its memory of `num_traces`: a new
 * trace pushes the oldest out, decided or not (tailsamplingprocessor v0.152.0, processor.go,
 * waitForSpace, dropTrace). Returns the stays of traces that were pushed out; all others stayed.
 */
export function replayEvictions(
  arrivals: Iterable<{ readonly trace: number; readonly atMs: number }>,
  settings: EvictionSettings,
): Map<number, Stay[]> {
  const evicted = new Map<number, Stay[]>();
  // A Map keeps the order of insertion: its first key is the oldest trace.
  const held = new Map<number, number>();
  const cached = new Set<number>();
  const record = (trace: number, stay: Stay): void => {
    evicted.set(trace, [...(evicted.get(trace) ?? []), stay]);
  };
  for (const { trace, atMs } of arrivals) {
    if (settings.cachesDecisions) releaseDecided(held, cached, atMs, settings);
    if (held.has(trace) || cached.has(trace)) continue;
    if (held.size >= settings.numTraces) {
      const [oldest, enteredMs] = held.entries().next().value as [number, number];
      held.delete(oldest);
      record(oldest, { enteredMs, evictedMs: atMs });
    }
    held.set(trace, atMs);
  }
  const atOnce = held.size >= settings.numTraces ? mostAtOnce([...held.values()]) : 0;
  let position = 0;
  for (const [trace, enteredMs] of held) {
    const open = position++ < atOnce;
    if (open || evicted.has(trace)) record(trace, { enteredMs, evictedMs: undefined, open });
  }
  return evicted;
}

/** Requests that come within this are taken in an order that the record does not show. */
const atOnceMs = 50;

/** The most traces that entered within one such moment; the times are in order. */
function mostAtOnce(enteredMs: readonly number[]): number {
  let most = 0;
  for (let from = 0, to = 0; to < enteredMs.length; to++) {
    while ((enteredMs[to] ?? 0) - (enteredMs[from] ?? 0) > atOnceMs) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

function releaseDecided(
  held: Map<number, number>,
  cached: Set<number>,
  nowMs: number,
  { decisionWaitMs }: EvictionSettings,
): void {
  for (const [trace, enteredMs] of held) {
    if (enteredMs + decisionWaitMs + tickMs > nowMs) return;
    held.delete(trace);
    cached.add(trace);
  }
}
