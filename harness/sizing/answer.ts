import { type Fit, fitWithIntervals, type Interval } from './fit.ts';
import { memoryRefusals } from './memory.ts';
import { largestShare } from './ring.ts';
import type { Window } from './windows.ts';

/** What is known of the tier without measuring. */
export interface SizedTier {
  readonly name: string;
  readonly replicas: number;
  /** Of one pod; undefined: it had no quota. */
  readonly cpuLimit: number | undefined;
  /** A load balancer's ring gives each trace to one of its pods. */
  readonly isRing: boolean;
  readonly decisionWaitMs: number | undefined;
  /** As it was set while it was measured. */
  readonly numTraces: number | undefined;
  /** In requests, each a kept trace where nothing batches. */
  readonly queueSize: number | undefined;
  readonly consumers: number | undefined;
}

/** What was measured once, and can be asked again for another rate (`size latest`). */
export interface Measurement {
  readonly tier: SizedTier;
  readonly spansPerTrace: number;
  /** Of all traces, by the policies. */
  readonly keptShare: number;
  readonly windows: readonly Window[];
  readonly seed: number;
  readonly notTested: readonly string[];
}

export interface Asked {
  readonly spansPerSecond: number;
  /** Spare on top, as a share. */
  readonly headroom: number;
  readonly outageMs: number | undefined;
}

export interface HeldOut {
  readonly spansPerSecond: number;
  readonly predictedCores: Interval;
  readonly measuredCores: number;
}

/** The answer; `refusals` say why it is not proved, and then nothing is recommended. */
export interface Answer {
  readonly refusals: readonly string[];
  readonly replicas: number | undefined;
  /** Spans a second that one replica was seen to carry, and the first rate that it did not. */
  readonly capacity: { readonly lastGood: number; readonly firstBad: number | undefined };
  readonly binds: string;
  readonly cores: Interval | undefined;
  readonly memoryMiB: Interval | undefined;
  readonly numTraces: number | undefined;
  readonly outage:
    | { readonly survivesMs: number; readonly keptPerSecond: number; readonly asked: boolean }
    | undefined;
  readonly heldOut: readonly HeldOut[];
  readonly medianError: number | undefined;
  readonly coverage: number | undefined;
  /** Asked rate over the largest measured one. */
  readonly factor: number;
  readonly cpuFit: Fit | undefined;
}

export const leastHeldOut = 10;
const mostMedianError = 0.1;
const leastCoverage = 0.8;
const mostFactor = 4;
/** Of its quota: a bad window below it was not short of processor time. */
const saturatedShare = 0.7;
const mostReplicas = 200;

/** Sizes the tier for a rate, from what was measured. */
export function answer(measurement: Measurement, asked: Asked): Answer {
  const { tier, windows, seed, spansPerTrace, keptShare } = measurement;
  const usable = windows.filter(({ invalid }) => invalid === undefined);
  const each = (window: Window): number => window.spansPerSecond / tier.replicas;
  const stairs = usable.filter(({ purpose }) => purpose === 'fit');
  const firstBadAt = stairs.findIndex(({ bad }) => bad !== undefined);
  const good = firstBadAt < 0 ? stairs : stairs.slice(0, firstBadAt);
  const firstBad = firstBadAt < 0 ? undefined : stairs[firstBadAt];
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
  const lastGood = Math.max(0, ...good.map(each));
  const held = usable.filter(({ purpose }) => purpose === 'held');
  const heldOut = cpuFit ? compare(held, cpuFit, each) : [];
  const errors = heldOut.map(errorOf).sort((a, b) => a - b);
  const medianError = errors[Math.floor(errors.length / 2)];
  const coverage = heldOut.length > 0 ? coveredShare(heldOut) : undefined;
  const factor = asked.spansPerSecond / Math.max(1, ...usable.map((w) => w.spansPerSecond));
  const replicas = lastGood > 0 ? replicasFor(asked, tier, lastGood, seed) : undefined;
  const share = replicas === undefined ? 1 : shareOf(tier, replicas - 1, seed);
  const perReplica = asked.spansPerSecond * share;
  const tracesPerSecond = perReplica / spansPerTrace;
  const { decisionWaitMs } = tier;
  const numTraces =
    decisionWaitMs && Math.ceil(1.2 * tracesPerSecond * (decisionWaitMs / 1_000 + 2));
  return {
    refusals: refusalsOf({ windows, heldOut, medianError, coverage, factor, cpuFit, replicas })
      .concat(bindsElsewhere(firstBad, tier))
      .concat(memoryRefusals({ tier, good, held, numTraces }, memoryFit, each))
      .concat(held.filter((w) => w.bad !== undefined && each(w) <= lastGood).map(heldBad)),
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

const heldBad = ({ spansPerSecond, bad }: Window): string =>
  `at ${Math.round(spansPerSecond)} spans/s, below the knee that was found, it ${bad}`;

const bindsOf = (firstBad: Window | undefined): string =>
  firstBad === undefined
    ? 'nothing up to the highest rate that was sent: the knee lies above'
    : `at ${Math.round(firstBad.spansPerSecond)} spans/s it ${firstBad.bad}`;

/** A slow sink or a full loop looks like a knee, and more CPU would not move it. */
function bindsElsewhere(firstBad: Window | undefined, { cpuLimit }: SizedTier): string[] {
  if (!firstBad) return [];
  const { cores, throttledShare = 0 } = firstBad;
  const used = cores === undefined || cpuLimit === undefined ? undefined : cores / cpuLimit;
  if (throttledShare > 0.05 || (used ?? 0) >= saturatedShare) return [];
  const how = used === undefined ? 'it had no CPU limit' : `it used ${Math.round(used * 100)} %`;
  return [
    `${bindsOf(firstBad)}, and that was not for want of CPU (${how}): the sink, the tier before it or the decision loop`,
  ];
}

interface Judged {
  readonly windows: readonly Window[];
  readonly heldOut: readonly HeldOut[];
  readonly medianError: number | undefined;
  readonly coverage: number | undefined;
  readonly factor: number;
  readonly cpuFit: Fit | undefined;
  readonly replicas: number | undefined;
}

function refusalsOf(judged: Judged): string[] {
  const { windows, heldOut, medianError, coverage, factor, cpuFit, replicas } = judged;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const invalid = windows.filter((window) => window.invalid !== undefined);
  return [
    ...(invalid.length > windows.length / 4
      ? [`${invalid.length} of ${windows.length} windows are invalid: ${invalid[0]?.invalid}`]
      : []),
    ...(cpuFit ? [] : ['too few good windows to fit']),
    ...(heldOut.length < leastHeldOut
      ? [`${heldOut.length} held-out points, at least ${leastHeldOut} are needed`]
      : []),
    ...(medianError !== undefined && medianError > mostMedianError
      ? [`held-out CPU is off by ${percent(medianError)} (median; at most 10 %)`]
      : []),
    ...(coverage !== undefined && coverage < leastCoverage
      ? [`the interval covers ${percent(coverage)} of held-out points (at least 80 %)`]
      : []),
    ...(factor > mostFactor
      ? [`asked is ${factor.toFixed(1)} times the highest measured rate: outside the evidence`]
      : []),
    ...(replicas === undefined ? ['no number of replicas was found'] : []),
  ];
}

/** A slot of the queue is one kept trace: nothing batches behind tail sampling by itself. */
function outageOf(
  { queueSize, consumers }: SizedTier,
  keptPerSecond: number,
  outageMs: number | undefined,
): Answer['outage'] {
  if (queueSize === undefined || consumers === undefined || keptPerSecond <= 0) return undefined;
  const survivesMs = ((queueSize + consumers) / keptPerSecond) * 1_000;
  return { survivesMs, keptPerSecond, asked: outageMs === undefined || survivesMs >= outageMs };
}
