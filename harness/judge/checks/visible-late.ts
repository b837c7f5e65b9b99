import type { VisibilityProbe } from '../../evidence/types.ts';
import { formatMs } from '../../lib/units.ts';
import type { TraceAccount } from '../ledger/account.ts';
import type { Arrival } from '../ledger/arrival.ts';
import type { Wait } from '../model/waits.ts';

/** A step of the way, or the backend: how long it held a trace, and is to by its settings. */
export interface Stage {
  /** `gateway`; undefined for the backend, which the bench runs. */
  readonly tier: string | undefined;
  readonly tookMs: number;
  readonly settingsMs: number;
}

export interface LateProbe {
  readonly stages: readonly Stage[];
  /** What refused a span of it on its way, and with which words. */
  readonly refusal: string | undefined;
}

export interface LateGround {
  readonly withinMs: number;
  /** All that holds a trace back by its settings, the longest first. */
  readonly waits: readonly Wait[];
  readonly decisionWaitMs: number | undefined;
  /** The longest that the bench did not ask for a trace, though it means to four times a second. */
  readonly unaskedMs: number;
  /** A fault that was done while it was on its way: `pause of gateway/0`. */
  readonly fault: string | undefined;
}

export type Lateness = {
  /** What is recorded leaves open whether the pipeline did it. */
  readonly open: boolean;
  readonly component: string;
  readonly cause: string;
  readonly why?: string | undefined;
  readonly fix?: string;
};

/**
 * What a trace may take beyond its settings on a machine that has time: up to a second until the
 * sampler's next tick, and another for all that hands it on.
 */
const besideSettingsMs = 2_000;
/** Who means to ask every 250 ms and does not for so long had no time. */
const starvedMs = 1_000;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const beyond = ({ tookMs, settingsMs }: Stage): number => tookMs - settingsMs;

/**
 * Why a trace could be queried too late: by the settings alone, by a refusal, by a fault, or by
 * whoever took longest beyond its settings. Where that is a backend of the bench, or the bench
 * itself had no time just then, it is open.
 */
export function whyLate({ stages, refusal }: LateProbe, ground: LateGround): Lateness {
  const { waits, withinMs, fault, decisionWaitMs } = ground;
  const [longest] = waits;
  const longestOne = { open: false, component: longest?.component ?? '', why: longest?.why };
  if (sum(waits.map(({ forMs }) => forMs)) + besideSettingsMs > withinMs) {
    const wait = decisionWaitMs === undefined ? 'slow' : formatMs(decisionWaitMs);
    const cause = decisionWaitMs === undefined ? wait : `decision_wait is ${wait}`;
    return { ...longestOne, cause };
  }
  if (refusal !== undefined) {
    const fix = 'see why it was refused: what is sent again comes later';
    return { open: false, component: '', cause: `refused on its way: ${refusal}`, fix };
  }
  if (fault !== undefined) return { ...longestOne, cause: `${fault} while it was on its way` };
  if (stages.length === 0) return { ...longestOne, cause: 'no backend had taken it by then' };
  return slowStage(stages, ground.unaskedMs);
}

function slowStage(stages: readonly Stage[], unaskedMs: number): Lateness {
  const [slowest] = [...stages].sort((a, b) => beyond(b) - beyond(a));
  const free = 'free the machine’s processors, or lower the rate';
  const took = formatMs(slowest?.tookMs ?? 0);
  if (slowest?.tier === undefined) {
    const cause = 'a backend of the bench took longest to show what it had taken';
    return { open: true, component: '', cause, fix: free };
  }
  if (unaskedMs > starvedMs) {
    const cause = `${slowest.tier} held it longer than its settings say, and the bench itself, which asks every 250 ms, once did not for ${formatMs(unaskedMs)}: this machine had no time`;
    return { open: true, component: slowest.tier, cause, fix: free };
  }
  return {
    open: false,
    component: slowest.tier,
    cause: `held for longer than its settings say: e.g. ${took}, not ${formatMs(slowest.settingsMs)}`,
    fix: 'look at its processors’ time, its ticks (sampling_decision_timer_latency) and its queue',
  };
}

const isOk = ({ kind }: Arrival): boolean => kind === 'ok';
const firstMs = (arrivals: readonly Arrival[]): number =>
  Math.min(...arrivals.filter(isOk).map(({ toMs }) => toMs));

/**
 * The way of that span of a trace that was stored first, step by step; no stages where none was.
 * @param settingsMs by step of the path
 */
export function wayOf(
  { spans }: TraceAccount,
  tiers: readonly { readonly tier: string; readonly settingsMs: number }[],
  { visibleMs, missedMs }: VisibilityProbe,
): LateProbe {
  const refused = spans.flatMap(({ view }) =>
    [...view.arrivals.flat(), ...view.deliveries].filter(({ kind }) => kind === 'refused'),
  )[0];
  const refusal = refused && (refused.message || 'without a word');
  const [first] = spans
    .map(({ view }) => ({ view, storedMs: firstMs(view.deliveries) }))
    .filter(({ storedMs }) => Number.isFinite(storedMs))
    .sort((a, b) => a.storedMs - b.storedMs);
  if (!first) return { stages: [], refusal };
  const arrivedMs = [...first.view.arrivals.map(firstMs), first.storedMs];
  const steps = tiers.map((tier, i): Stage => {
    const tookMs = (arrivedMs[i + 1] ?? 0) - (arrivedMs[i] ?? 0);
    return { ...tier, tookMs: Number.isFinite(tookMs) ? tookMs : 0 };
  });
  const shownMs = (visibleMs ?? missedMs ?? first.storedMs) - first.storedMs;
  return { stages: [...steps, { tier: undefined, tookMs: shownMs, settingsMs: 0 }], refusal };
}
