import type { Decision } from '../../pipeline/decide.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import type { Arrival } from './arrival.ts';
import type { Window } from './evictions.ts';
import type { Incarnation } from './incarnations.ts';
import { type Pause, pausedMs, ticksBetween } from './pauses.ts';
import { slackMs, type Ticks, tickLagMs } from './ticks.ts';

/**
 * Why it is open what a process decided. `rules`: something that it hangs on is not modelled;
 * `arrivals`: what was there by then; `ending`: whether it came to decide before it ended;
 * `eviction`: whether it was pushed out before, or with what.
 */
export type Doubt = 'rules' | 'arrivals' | 'ending' | 'eviction';

/** What one gateway process did with the spans of one trace that it held in one stay. */
export interface StayAccount {
  readonly incarnation: Incarnation;
  /**
   * `decided`: by its policies; `held`: the process was killed first; `evicted`: pushed out first.
   */
  readonly fate: 'decided' | 'held' | 'evicted';
  /** What the policies must say of what was held; undefined where nothing was decided. */
  readonly decision: Decision | undefined;
  readonly doubts: ReadonlySet<Doubt>;
  /** There is a doubt, and it matters. */
  readonly ambiguous: boolean;
  /** Between these moments the decision fell. */
  readonly decidedFromMs: number;
  readonly decidedToMs: number;
  /** The same, had the process taken a tick late while it was busy: when limits were asked. */
  readonly askedFromMs: number;
  /** Spans that were there when it was decided. */
  readonly held: ReadonlySet<number>;
  /** Spans that may have been there. */
  readonly open: ReadonlySet<number>;
  /** Spans that came after. */
  readonly late: ReadonlySet<number>;
  /** They may have been decided anew: the process perhaps did not remember. */
  readonly mayForget: boolean;
}

/** A span that came to a process. */
export interface Coming {
  readonly item: number;
  readonly arrival: Arrival;
  /** A processor in front of the sampler may have dropped it. */
  readonly unsure: boolean;
}

/** What came to one process of a trace in one stay. */
export interface StayPart {
  readonly comings: readonly Coming[];
  readonly evicted: Window | undefined;
  /** Something of it came just when the trace was pushed out: before or behind can't be told. */
  readonly torn: boolean;
  /** When it was to be decided. */
  readonly due: Due;
  /** The earliest, had a tick been taken late before which it then came. */
  readonly soonestMs: number;
}

const tickMs = 1_000;

/** The processor waits whole seconds, at least one (processor.go, Start). */
export const wholeWaitMs = ({ decisionWaitMs }: TailSampling): number =>
  Math.max(1_000, Math.floor(decisionWaitMs / 1_000) * 1_000);

/** The first arrival of which it is certain that the process took it; else the first of all. */
export function firstCertain(comings: readonly Coming[]): Arrival {
  const certain = comings.filter(isCertain);
  const opening = certain.length > 0 ? certain : comings;
  return opening.reduce((a, b) => (a.arrival.fromMs <= b.arrival.fromMs ? a : b)).arrival;
}

const isCertain = ({ arrival, unsure }: Coming): boolean => arrival.kind === 'ok' && !unsure;

/** When a trace is decided, as far as that is known. */
export interface Due extends Window {
  /** The process was stopped while it waited. */
  readonly paused: boolean;
}

/**
 * When a trace that came then is decided: by the process's own clock where it is known. Each tick
 * decides one batch: what waits while the process is stopped waits for as many ticks as ever.
 */
export function dueBetween(
  { fromMs, toMs }: Window,
  waitMs: number,
  ticks: Ticks | undefined,
  pauses: readonly Pause[],
): Due {
  if (!ticks) {
    const latestMs = toMs + waitMs + tickMs + slackMs;
    // The ticks that it misses delay what was there before, and what comes meanwhile.
    const stopped = pauses.filter((p) => p.fromMs < latestMs && p.toMs > fromMs);
    const missedMs = pausedMs(stopped, everMs) + (stopped.length > 0 ? tickMs : 0);
    return { fromMs: fromMs + waitMs, toMs: latestMs + missedMs, paused: stopped.length > 0 };
  }
  // Taken in just behind its tick, as the process sees it, a trace waits for the next.
  const entered = { fromMs, toMs: toMs + tickLagMs };
  const count = waitMs / tickMs;
  const closing = ticksBetween(ticks.phaseMs, pauses, tickLagMs, entered, count);
  const { fromMs: earliestMs, toMs: latestMs } = closing;
  const paused = pausedMs(pauses, { fromMs: fromMs - tickLagMs, toMs: latestMs + tickLagMs }) > 0;
  if (!paused) {
    return { fromMs: earliestMs - tickLagMs, toMs: ticks.overMs(latestMs) + tickLagMs, paused };
  }
  // Bursts behind a tick that was made up for are not known as such.
  const overMs = Math.max(ticks.overMs(latestMs), latestMs + slackMs);
  return { fromMs: earliestMs - tickLagMs, toMs: overMs + tickLagMs, paused };
}

const everMs: Window = { fromMs: 0, toMs: Number.POSITIVE_INFINITY };

/** Says what one process did with a trace in one stay. */
export function accountStay(
  { comings, evicted, torn, due, soonestMs }: StayPart,
  sampling: TailSampling,
  ticks: Ticks | undefined,
  judge: (items: ReadonlySet<number>) => Decision,
): StayAccount {
  const incarnation = firstCertain(comings).incarnation as Incarnation;
  const endedMs = incarnation.life.endedMs ?? Number.POSITIVE_INFINITY;
  const graceful = incarnation.ending === 'graceful';
  const decidedFromMs = graceful ? Math.min(due.fromMs, endedMs) : due.fromMs;
  const decidedToMs = Math.min(due.toMs, endedMs);
  const isLate = (c: Coming): boolean => c.arrival.fromMs > decidedToMs;
  const held = setOf(comings.filter((c) => isCertain(c) && c.arrival.toMs <= decidedFromMs));
  const late = setOf(comings.filter(isLate));
  const between = comings.filter((c) => !isLate(c) && !held.has(c.item));
  const open = setOf(between);
  const askedFromMs = Math.min(soonestMs, decidedFromMs);
  const moments = { decidedFromMs, decidedToMs, askedFromMs };
  const common = { incarnation, ...moments, held, open, late, mayForget: false };
  const account = (fate: StayAccount['fate'], decision?: Decision, ...doubts: Doubt[]) => ({
    ...common,
    fate,
    decision,
    doubts: new Set(doubts),
    ambiguous: doubts.length > 0,
  });
  const early = sampling.onIngest ? judge(held) : undefined;
  if (early?.outcome === 'sampled') {
    // It was handed on as soon as it was sampled, and whatever came of it later as well.
    const all = setOf(comings);
    return { ...account('decided', early), held: all, open: new Set(), late: new Set() };
  }
  if (evicted && evicted.toMs <= decidedFromMs) {
    return account('evicted', undefined, ...(torn ? ['eviction' as const] : []));
  }
  const cut = incarnation.ending === 'killed' || (graceful && sampling.dropPendingOnShutdown);
  const reached = cut ? reachedBefore(endedMs, due, ticks) : 'yes';
  if (reached === 'no') return account('held');
  const decision = judge(held);
  const doubts: Doubt[] = [];
  if (reached === 'open') doubts.push('ending');
  const inTick = evicted && evicted.fromMs < decidedToMs && evicted.toMs > decidedFromMs;
  if (torn || inTick) doubts.push('eviction');
  if (decision.outcome === 'unknown') doubts.push('rules');
  else if (mayDiffer(decision, held, between, judge)) doubts.push('arrivals');
  return account('decided', decision, ...doubts);
}

/** More requests than this that came in the very tick are not tried in all combinations. */
const mostTried = 6;

/** Whether some of what may have been there, or all of it, would have led to another outcome. */
function mayDiffer(
  decision: Decision,
  held: ReadonlySet<number>,
  between: readonly Coming[],
  judge: (items: ReadonlySet<number>) => Decision,
): boolean {
  // What came in one request was there together or not at all.
  const byRequest = Map.groupBy(between, ({ arrival }) => arrival.fromMs);
  const requests = [...byRequest.values()];
  if (requests.length > mostTried) return true;
  for (let some = 1; some < 2 ** requests.length; some++) {
    const there = requests.filter((_, i) => some & (1 << i)).flat();
    const items = new Set([...held, ...there.map(({ item }) => item)]);
    if (judge(items).outcome !== decision.outcome) return true;
  }
  return false;
}

/** A tick with fewer kept traces than this may well have none. */
const tellingPerTick = 6;

/** Whether a process that ended came to decide a batch that was due then. */
function reachedBefore(endedMs: number, due: Due, ticks: Ticks | undefined): 'yes' | 'no' | 'open' {
  if (due.toMs <= endedMs) return 'yes';
  if (due.fromMs >= endedMs) return 'no';
  if (!ticks || due.paused) return 'open';
  // The end falls into the batch's window: whether its burst was seen tells.
  const tickFromMs = due.fromMs + tickLagMs;
  if (ticks.lastTickMs > tickFromMs) return 'yes';
  if (ticks.lastTickMs === tickFromMs) {
    return endedMs - ticks.lastSeenMs > tickLagMs ? 'yes' : 'open';
  }
  // What it kept in its last moments may not have come out.
  if (endedMs - tickFromMs <= ticks.seenWithinMs) return 'open';
  return ticks.perTick >= tellingPerTick ? 'no' : 'open';
}

const setOf = (comings: readonly Coming[]): Set<number> => new Set(comings.map((c) => c.item));
