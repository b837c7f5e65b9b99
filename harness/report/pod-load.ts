/** What one collector pod took, as it is drawn. */
export interface PodLoad {
  readonly pod: string;
  /** Milliseconds since the load began, and processors in use since the sample before. */
  readonly cpu: readonly Point[];
  readonly memoryMiB: readonly Point[];
  /** Summed over its queues; none where the collector told nothing. */
  readonly queue: readonly Point[];
  /** Of its CPU quota, the share of periods in which it was held back; undefined: not known. */
  readonly throttledShare: number | undefined;
}

export type Point = readonly [atMs: number, value: number];

interface Sample {
  readonly atMs: number;
  readonly pod: string;
  readonly life: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly throttling?: { readonly periods: number; readonly throttledPeriods: number } | undefined;
  readonly told?: { readonly queueSize?: number | undefined } | undefined;
}

/** What was sampled, by pod in order of name. */
export function podLoads(samples: readonly Sample[], startMs: number): PodLoad[] {
  const byPod = Map.groupBy(samples, ({ pod }) => pod);
  return [...byPod]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pod, own]) => loadOf(pod, own, startMs));
}

function loadOf(pod: string, own: readonly Sample[], startMs: number): PodLoad {
  const since = (atMs: number): number => Math.round(atMs - startMs);
  return {
    pod,
    cpu: own.flatMap((sample, i): Point[] => {
      const before = own[i - 1];
      // Another container counts from zero again.
      if (!before || before.life !== sample.life || before.atMs >= sample.atMs) return [];
      const cores = (sample.cpuMs - before.cpuMs) / (sample.atMs - before.atMs);
      return [[since(sample.atMs), Math.max(0, cores)]];
    }),
    memoryMiB: own.map(({ atMs, memoryBytes }) => [since(atMs), memoryBytes / 2 ** 20]),
    queue: own.flatMap(({ atMs, told }): Point[] =>
      told?.queueSize === undefined ? [] : [[since(atMs), told.queueSize]],
    ),
    throttledShare: throttledShareOf(own),
  };
}

/** Between the first and the last sample that tell of it: of one cgroup, whatever ran in it. */
function throttledShareOf(own: readonly Sample[]): number | undefined {
  const known = own.flatMap(({ throttling }) => throttling ?? []);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || last.periods <= first.periods) return undefined;
  return (last.throttledPeriods - first.throttledPeriods) / (last.periods - first.periods);
}
