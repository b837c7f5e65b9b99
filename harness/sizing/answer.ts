import { boundRefusals, type QueueLoad, survivesMsOf } from './bound.ts';
import { goneMs, outageWithin } from './come-back.ts';
import { type Fit, fitWithIntervals } from './fit.ts';
import { bracketOf, kneeError } from './knee.ts';
import { memoryErrorOf, memoryRefusals } from './memory.ts';
import {
  acceptedOf,
  bindsElsewhere,
  bindsOf,
  fitRefusals,
  heldBad,
  kneeRefusals,
} from './refusals.ts';
import { largestShare } from './ring.ts';
import type { Answer, Asked, HeldOut, Measurement, SizedTier } from './types.ts';
import type { Window } from './windows.ts';

const mostReplicas = 200;

/** Sizes the tier for a rate, from what was measured. */
export function answer(measurement: Measurement, asked: Asked): Answer {
  const { tier, windows, bounds, quick, seed, spansPerTrace, keptShare } = measurement;
  const accepted = acceptedOf(quick);
  const measured = windows.filter(({ purpose }) => purpose === 'fit' || purpose === 'held');
  const usable = windows.filter(({ invalid }) => invalid === undefined);
  const each = (window: Window): number => window.spansPerSecond / tier.replicas;
  const bracket = bracketOf(usable.filter(({ purpose }) => purpose === 'fit'));
  const again = bracketOf(usable.filter(({ purpose }) => purpose === 'knee'));
  // The scout as well: it reaches lower, and another run shows how far one is off the next.
  const good = usable.filter(
    ({ purpose, spansPerSecond, bad }) =>
      (purpose === 'fit' || purpose === 'scout') &&
      spansPerSecond <= bracket.lastGood &&
      bad === undefined,
  );
  const firstBad = usable.find(({ purpose, bad }) => purpose === 'fit' && bad !== undefined);
  const points = (of: (window: Window) => number | undefined) =>
    good.flatMap((window) => {
      const y = of(window);
      return y === undefined ? [] : [{ x: each(window), y }];
    });
  const cpuFit = fitWithIntervals(
    points(({ cores }) => cores),
    seed,
  );
  const memoryFit = fitWithIntervals(
    points(({ memoryMiB }) => memoryMiB),
    seed,
  );
  const lastGood = bracket.lastGood / tier.replicas;
  const held = usable.filter(({ purpose }) => purpose === 'held');
  const heldOut = cpuFit ? compare(held, cpuFit, each) : [];
  const errors = heldOut.map(errorOf).sort((a, b) => a - b);
  const medianError = errors[Math.floor(errors.length / 2)];
  const coverage = heldOut.length > 0 ? coveredShare(heldOut) : undefined;
  const memoryError = memoryErrorOf(held, memoryFit, each);
  const kneeOff = kneeError(bracket, again);
  const factor = asked.spansPerSecond / Math.max(1, ...measured.map((w) => w.spansPerSecond));
  const replicas = lastGood > 0 ? replicasFor(asked, tier, lastGood, seed) : undefined;
  const share = replicas === undefined ? 1 : shareOf(tier, replicas - 1, seed);
  const perReplica = asked.spansPerSecond * share;
  const tracesPerSecond = perReplica / spansPerTrace;
  const { decisionWaitMs } = tier;
  const numTraces =
    decisionWaitMs && Math.ceil(1.2 * tracesPerSecond * (decisionWaitMs / 1_000 + 2));
  return {
    refusals: [
      ...fitRefusals(
        { measured, heldOut, medianError, coverage, factor, cpuFit, replicas },
        accepted,
      ),
      ...bindsElsewhere(firstBad, tier),
      ...kneeRefusals(bracket, kneeOff, accepted),
      ...memoryRefusals({ tier, good, numTraces, mostError: accepted.memory }, memoryError),
      ...held.filter((w) => w.bad !== undefined && each(w) <= lastGood).map(heldBad),
      ...boundRefusals(bounds),
    ],
    replicas,
    capacity: { lastGood, firstBad: firstBad && each(firstBad) },
    binds: bindsOf(firstBad),
    cores: cpuFit?.at(perReplica),
    memoryMiB: memoryFit?.at(perReplica),
    numTraces,
    outage: outageOf(tier, tracesPerSecond * keptShare, asked.outageMs),
    heldOut,
    medianError,
    coverage,
    memoryError,
    kneeError: kneeOff,
    factor,
    cpuFit,
  };
}

/** What the busiest of so many pods gets. */
const shareOf = ({ isRing }: SizedTier, pods: number, seed: number): number =>
  isRing ? largestShare(pods, seed) : 1 / Math.max(1, pods);

/** The smallest number that carries the rate with one pod down; undefined: none below 200. */
function replicasFor(
  { spansPerSecond, headroom }: Asked,
  tier: SizedTier,
  lastGood: number,
  seed: number,
): number | undefined {
  const wanted = spansPerSecond * (1 + headroom);
  for (let pods = Math.max(1, Math.floor(wanted / lastGood)); pods < mostReplicas; pods++) {
    if (wanted * shareOf(tier, pods, seed) <= lastGood) return pods + 1;
  }
  return undefined;
}

function compare(held: readonly Window[], fit: Fit, each: (window: Window) => number): HeldOut[] {
  return held.flatMap((window) =>
    window.cores === undefined || window.bad !== undefined
      ? []
      : {
          spansPerSecond: window.spansPerSecond,
          predictedCores: fit.at(each(window)),
          measuredCores: window.cores,
        },
  );
}

const errorOf = ({ predictedCores, measuredCores }: HeldOut): number =>
  Math.abs(predictedCores.value - measuredCores) / Math.max(measuredCores, 1e-9);

const coveredShare = (heldOut: readonly HeldOut[]): number =>
  heldOut.filter(
    ({ predictedCores: { low, high }, measuredCores }) =>
      measuredCores >= low && measuredCores <= high,
  ).length / heldOut.length;

/**
 * What loads the queue of the tier as it was measured.
 * @returns undefined where no rate was carried
 */
export function queueLoadOf({
  tier,
  windows,
  spansPerTrace,
  keptShare,
  seed,
}: Omit<Measurement, 'bounds'>): QueueLoad | undefined {
  const { lastGood } = bracketOf(windows.filter(({ purpose }) => purpose === 'fit'));
  if (lastGood === 0) return undefined;
  const largest = shareOf(tier, tier.replicas, seed);
  return { lastGood, spansPerTrace, keptShare, largestShare: largest };
}

function outageOf(
  tier: SizedTier,
  keptPerSecond: number,
  outageMs: number | undefined,
): Answer['outage'] {
  const fullMs = survivesMsOf(tier, keptPerSecond);
  if (fullMs === undefined) return undefined;
  const survivesMs = outageWithin(fullMs, tier.comeBack);
  const isEnough = outageMs === undefined || survivesMs >= outageMs;
  const queueSize = isEnough
    ? undefined
    : Math.ceil((keptPerSecond * goneMs(outageMs, tier.comeBack)) / 1_000);
  return { fullMs, survivesMs, keptPerSecond, queueSize };
}
