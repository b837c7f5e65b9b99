import type { Evidence } from '../../evidence/types.ts';
import type { PodLife } from '../../stack/types.ts';
import type { Window } from './evictions.ts';

/** When a process was stopped (SIGSTOP), at the longest. */
export interface Pause extends Window {
  /**
   * When its receipt says that it was for sure: between the signals, each of which takes a while to
   * get there. Undefined where it may not have been at all.
   */
  readonly certain: Window | undefined;
}

/** How much longer than planned a pause may have been of which there is no receipt. */
const unprovedMs = 5_000;

/** When a process was stopped, by the receipts of `pause`; by the plan where one is missing. */
export function pausesOf(
  life: PodLife,
  { facts, receipts }: Pick<Evidence, 'facts' | 'receipts'>,
): Pause[] {
  const endedMs = life.endedMs ?? Number.POSITIVE_INFINITY;
  return facts.faults.flatMap(({ spec, index, tier, ordinals }): Pause[] => {
    if (spec.kind !== 'pause' || tier !== life.tier || !ordinals.includes(life.ordinal)) return [];
    const target = `${tier}/${life.ordinal}`;
    const receipt = receipts.find((r) => r.fault === index && r.target === target);
    const plannedMs = facts.startMs + spec.atMs;
    const fromMs = receipt?.injectedMs ?? plannedMs;
    if (fromMs < life.startedMs || fromMs > endedMs) return [];
    const toMs = receipt ? (receipt.healedMs ?? endedMs) : plannedMs + spec.forMs + unprovedMs;
    return [
      { fromMs, toMs, certain: receipt?.bit ? certainOf(receipt, { fromMs, toMs }) : undefined },
    ];
  });
}

/** Receipts of old say of no signal how long it took: those were there at once. */
const certainOf = ({ proof }: Evidence['receipts'][number], { fromMs, toMs }: Window): Window => ({
  fromMs: fromMs + Number(proof.stopTookMs ?? 0),
  toMs: toMs - Number(proof.goOnTookMs ?? 0),
});

/** For how long of a stretch of time a process was stopped. */
export const pausedMs = (pauses: readonly Window[], { fromMs, toMs }: Window): number =>
  pauses.reduce(
    (sum, pause) => sum + Math.max(0, Math.min(toMs, pause.toMs) - Math.max(fromMs, pause.fromMs)),
    0,
  );

const tickMs = 1_000;
/** Less than any two ticks are apart. */
const aMomentMs = 0.001;

/** How pauses may have been, each from a moment to a moment. */
type Stops = readonly Window[];

/**
 * All ways in which pauses may have been that matter to who counts ticks from a moment on: the
 * longest, the shortest, and those that begin or end just before or at that moment.
 *
 * @param uncertainMs how well moments of the process are known at all
 */
function waysOf(pauses: readonly Pause[], uncertainMs: number, atMs: number): Stops[] {
  const within = (lowMs: number, highMs: number): number[] => [
    ...new Set([lowMs, highMs, clamp(atMs - aMomentMs, lowMs, highMs), clamp(atMs, lowMs, highMs)]),
  ];
  return pauses.reduce<Stops[]>(
    (ways, { fromMs, toMs, certain }) => {
      const firstMs = fromMs - uncertainMs;
      const lastMs = toMs + uncertainMs;
      const begins = within(firstMs, certain ? certain.fromMs + uncertainMs : lastMs);
      const ends = within(certain ? certain.toMs - uncertainMs : firstMs, lastMs);
      const own = begins.flatMap((from) =>
        ends.map((to): Window => ({ fromMs: from, toMs: Math.max(from, to) })),
      );
      return ways.flatMap((way) => own.map((stop) => [...way, stop]));
    },
    [[]],
  );
}

const clamp = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, value));

/**
 * Between which moments a process's ticker of one second ticks so many times behind a moment, the
 * process being stopped now and then.
 */
export function ticksBetween(
  phaseMs: number,
  pauses: readonly Pause[],
  uncertainMs: number,
  { fromMs, toMs }: Window,
  count: number,
): Window {
  if (pauses.length === 0) {
    const tick = (atMs: number): number => tickBehind(phaseMs, [], atMs, count);
    return { fromMs: tick(fromMs), toMs: tick(toMs) };
  }
  const ticks = (atMs: number): number[] =>
    waysOf(pauses, uncertainMs, atMs).map((stops) => tickBehind(phaseMs, stops, atMs, count));
  return { fromMs: Math.min(...ticks(fromMs)), toMs: Math.max(...ticks(toMs)) };
}

/**
 * When a process's ticker of one second has ticked so many times, counted from the first tick at or
 * behind a moment. While the process is stopped it misses its ticks, but for a single one as it
 * goes on; then they come as ever (Go, time.NewTicker: it "will adjust the time interval or drop
 * ticks to make up for slow receivers").
 *
 * @param phaseMs ticks are at `phaseMs + n * 1000`
 * @param count 0 for that first tick itself
 */
export function tickBehind(phaseMs: number, stops: Stops, atMs: number, count: number): number {
  const regular = (fromMs: number): number =>
    Math.ceil((fromMs - phaseMs) / tickMs) * tickMs + phaseMs;
  const first = regular(atMs);
  const last = first + count * tickMs;
  if (stops.every((s) => s.fromMs > last || s.toMs < atMs)) return last;
  const madeUp = stops.flatMap((s) => (regular(s.fromMs) < s.toMs ? s.toMs : []));
  const next = (fromMs: number): number => {
    let tick = regular(fromMs);
    for (const stop of stops) {
      if (tick >= stop.fromMs && tick < stop.toMs) tick = regular(stop.toMs);
    }
    return Math.min(tick, ...madeUp.filter((extraMs) => extraMs >= fromMs));
  };
  let tick = next(atMs);
  for (let i = 0; i < count; i++) tick = next(tick + aMomentMs);
  return tick;
}
