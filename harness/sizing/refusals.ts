import type { Fit } from './fit.ts';
import type { Bracket } from './knee.ts';
import type { HeldOut, SizedTier } from './types.ts';
import type { Window } from './windows.ts';

export const leastHeldOut = 10;
/** What held-out points may be off: CPU, the knee, peak memory; and the share within intervals. */
export interface Accepted {
  readonly cpu: number;
  readonly knee: number;
  readonly memory: number;
  readonly coverage: number;
}
/** A quick one has fewer points to fit by. */
export const acceptedOf = (quick: boolean): Accepted =>
  quick
    ? { cpu: 0.15, knee: 0.15, memory: 0.2, coverage: 0.7 }
    : { cpu: 0.1, knee: 0.1, memory: 0.15, coverage: 0.8 };
const mostFactor = 4;
/** Of its quota: a bad window below it was not short of processor time. */
const saturatedShare = 0.7;

interface Judged {
  /** Those of the fit and those held out from it. */
  readonly measured: readonly Window[];
  readonly heldOut: readonly HeldOut[];
  readonly medianError: number | undefined;
  readonly coverage: number | undefined;
  readonly factor: number;
  readonly cpuFit: Fit | undefined;
  readonly replicas: number | undefined;
}

/** What the staircase and the held-out points do not prove. */
export function fitRefusals(judged: Judged, accepted: Accepted): string[] {
  const { measured, heldOut, medianError, coverage, factor, cpuFit, replicas } = judged;
  const invalid = measured.filter((window) => window.invalid !== undefined);
  return [
    ...(invalid.length > measured.length / 4
      ? [`${invalid.length} of ${measured.length} windows are invalid: ${invalid[0]?.invalid}`]
      : []),
    ...(cpuFit ? [] : ['too few good windows to fit']),
    ...(heldOut.length < leastHeldOut
      ? [`${heldOut.length} held-out points, at least ${leastHeldOut} are needed`]
      : []),
    ...(medianError !== undefined && medianError > accepted.cpu
      ? [
          `held-out CPU is off by ${percent(medianError)} (median; at most ${percent(accepted.cpu)})`,
        ]
      : []),
    ...(coverage !== undefined && coverage < accepted.coverage
      ? [
          `the interval covers ${percent(coverage)} of held-out points (at least ${percent(accepted.coverage)})`,
        ]
      : []),
    ...(factor > mostFactor
      ? [`asked is ${factor.toFixed(1)} times the highest measured rate: outside the evidence`]
      : []),
    ...(replicas === undefined ? ['no number of replicas was found'] : []),
  ];
}

/** A knee that is not found again was the machine’s. */
export function kneeRefusals(
  { firstBad }: Bracket,
  error: number | undefined,
  { knee }: Accepted,
): string[] {
  if (firstBad === undefined) return [];
  if (error === undefined) return ['the knee was not found again'];
  return error > knee
    ? [`the knee was found again ${percent(error)} off (at most ${percent(knee)})`]
    : [];
}

/** Of a rate that the staircase saw carried. */
export const heldBad = ({ spansPerSecond, bad }: Window): string =>
  `at ${Math.round(spansPerSecond)} spans/s, below the knee that was found, it ${bad}`;

export const bindsOf = (firstBad: Window | undefined): string =>
  firstBad === undefined
    ? 'nothing up to the highest rate that was sent: the knee lies above'
    : `at ${Math.round(firstBad.spansPerSecond)} spans/s it ${firstBad.bad}`;

/** A slow sink or a full loop looks like a knee, and more CPU would not move it. */
export function bindsElsewhere(firstBad: Window | undefined, { cpuLimit }: SizedTier): string[] {
  if (!firstBad) return [];
  const { cores, throttledShare = 0 } = firstBad;
  const used = cores === undefined || cpuLimit === undefined ? undefined : cores / cpuLimit;
  if (throttledShare > 0.05 || (used ?? 0) >= saturatedShare) return [];
  const how = used === undefined ? 'it had no CPU limit' : `it used ${Math.round(used * 100)} %`;
  return [
    `${bindsOf(firstBad)}, and that was not for want of CPU (${how}): ${firstBad.badBy ?? 'the sink, the tier before it or the decision loop'}`,
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
