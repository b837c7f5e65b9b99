import type { TraceArrival } from '../../evidence/types.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import { countUpTo } from './evictions.ts';
import type { Coming, StayAccount } from './stay.ts';

const tickMs = 1_000;

/**
 * Decisions that a gateway surely remembers; undefined where it has no decision cache. With one,
 * decisions of the other kind stay in memory.
 */
export function leastCacheSize(sampling: TailSampling): number | undefined {
  const { sampledCacheSize, nonSampledCacheSize } = sampling;
  const sizes = [sampledCacheSize, nonSampledCacheSize].filter((size) => size > 0);
  return sizes.length > 0 ? Math.min(...sizes) : undefined;
}

/** When each trace first came to a process, sorted. */
export function firstArrivals(arrivals: Iterable<TraceArrival>): Float64Array {
  const first = new Map<number, number>();
  for (const { trace, fromMs } of arrivals) {
    first.set(trace, Math.min(fromMs, first.get(trace) ?? fromMs));
  }
  return Float64Array.from(first.values()).sort();
}

/**
 * Whether a decision may have been pushed out of its cache when spans came late: then they are
 * decided anew, as a trace of their own (tailsamplingprocessor v0.152.0, internal/cache/lru.go).
 * Open as soon as all traces decided since, sampled or not, would have filled the smaller cache.
 *
 * @param newTraces when traces first came to the process, sorted
 */
export function mayForget(
  { late }: Pick<StayAccount, 'late'>,
  comings: readonly Coming[],
  sampling: TailSampling,
  newTraces: Float64Array,
): boolean {
  const cacheSize = leastCacheSize(sampling);
  if (cacheSize === undefined || late.size === 0) return false;
  const lastMs = Math.max(
    ...comings.flatMap(({ item, arrival }) => (late.has(item) ? arrival.toMs : [])),
  );
  // Decisions follow the order in which traces came, but for those of its own tick.
  const sinceMs = Math.min(...comings.map(({ arrival }) => arrival.fromMs)) - 2 * tickMs;
  return countUpTo(newTraces, lastMs) - countUpTo(newTraces, sinceMs) >= cacheSize;
}
