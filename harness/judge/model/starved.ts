import type { MachineSample } from '../../evidence/types.ts';

/** How long a machine had no processor to spare, and how many threads then wanted each. */
export interface Starved {
  readonly forMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly threadsPerProcessor: number;
}

/** A moment's queue says little: it is looked at over this long. */
const windowMs = 2_000;
/** Of the time of all processors, over a window: less was idle than the clock's grain. */
const mostIdleShare = 0.02;
/**
 * Threads that want each processor, on average over a window. On two cores, two scenarios side by
 * side and nothing else: 1 to 8 where idle time is below the grain, of the sample application up to
 * 13 for 4 s. Beside builds and tests: 14 for 28 s and a false `decided-before-complete`.
 */
const mostThreadsPerProcessor = 10;
/** Shorter than this delays nothing for as long as a trace has room before its decision. */
const leastMs = 5_000;

/**
 * Whether a machine starved what ran on it between two moments: for seconds nothing was idle, and a
 * thread that could run waited for others far longer than it ran. Whose they were is not asked.
 *
 * @returns undefined where it did not, or was not looked at
 */
export function starvedBetween(
  samples: readonly MachineSample[],
  fromMs: number,
  toMs: number,
): Starved | undefined {
  const within = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const windows = [
    ...Map.groupBy(within, ({ atMs }) => Math.floor((atMs - fromMs) / windowMs)).values(),
  ];
  const starved = windows.flatMap((window) => starvedIn(window) ?? []);
  const forMs = sum(starved.map((one) => one.forMs));
  if (forMs < leastMs) return undefined;
  return {
    forMs,
    fromMs: Math.min(...starved.map((one) => one.fromMs)),
    toMs: Math.max(...starved.map((one) => one.toMs)),
    threadsPerProcessor: sum(starved.map((one) => one.threadsPerProcessor)) / starved.length,
  };
}

function starvedIn(window: readonly MachineSample[]): Starved | undefined {
  const [first, last] = [window[0], window.at(-1)];
  if (!first || !last || first === last) return undefined;
  const idleMs = last.idleMs - first.idleMs;
  const allMs = idleMs + last.busyMs - first.busyMs;
  const threads = sum(window.map(({ runnable }) => runnable)) / window.length;
  const threadsPerProcessor = threads / first.processors;
  if (idleMs > allMs * mostIdleShare || threadsPerProcessor <= mostThreadsPerProcessor) {
    return undefined;
  }
  const [fromMs, toMs] = [first.atMs, last.atMs];
  return { forMs: toMs - fromMs, fromMs, toMs, threadsPerProcessor };
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
