import type { Fit } from './fit.ts';
import type { Window } from './windows.ts';

interface Filled {
  readonly tier: { readonly numTraces: number | undefined };
  readonly good: readonly Window[];
  /** What is asked for the new rate. */
  readonly numTraces: number | undefined;
  /** Of the held-out peak, the most that it may be off. */
  readonly mostError: number;
}

const leastFilled = 0.9;

/**
 * How far the held-out peak is off. Memory that a high rate took stays after it: of the held-out
 * run only its peak can be compared. Undefined where it is not known.
 */
export function memoryErrorOf(
  held: readonly Window[],
  fit: Fit | undefined,
  each: (window: Window) => number,
): number | undefined {
  const measured = held.filter((window) => window.bad === undefined);
  const peakMiB = Math.max(0, ...measured.map(({ memoryMiB }) => memoryMiB ?? 0));
  const predictedMiB = fit?.at(Math.max(0, ...measured.map(each))).value;
  if (predictedMiB === undefined || peakMiB === 0) return undefined;
  return Math.abs(predictedMiB - peakMiB) / peakMiB;
}

/**
 * Why the memory is not proved. A decided trace keeps its entry until num_traces pushes it out, so
 * a run that did not fill it has not seen what it takes.
 * @param error of the held-out peak
 */
export function memoryRefusals(
  { tier, good, numTraces, mostError }: Filled,
  error: number | undefined,
): string[] {
  const refusals: string[] = [];
  const most = Math.max(0, ...good.map(({ tracesHeld }) => tracesHeld ?? 0));
  if (tier.numTraces !== undefined && most < leastFilled * tier.numTraces) {
    const how = most === 0 ? 'not told' : `${Math.round(most)} traces`;
    refusals.push(
      `num_traces of ${tier.numTraces} was not filled (${how}): what a full one takes is not known`,
    );
  }
  if (tier.numTraces !== undefined && numTraces !== undefined && numTraces > tier.numTraces) {
    refusals.push(`num_traces has to grow beyond the ${tier.numTraces} that were measured`);
  }
  if (error === undefined) return [...refusals, 'memory is not known'];
  if (error > mostError) {
    refusals.push(
      `held-out peak memory is off by ${Math.round(error * 100)} % (at most ${mostError * 100} %)`,
    );
  }
  return refusals;
}
