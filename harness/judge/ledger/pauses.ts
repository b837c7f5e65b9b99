import type { Evidence } from '../../evidence/types.ts';
import type { PodLife } from '../../stack/types.ts';
import type { Window } from './evictions.ts';

/** When a process was stopped (SIGSTOP). */
export interface Pause extends Window {
  /** Its receipt says that it was; else it may have been. */
  readonly certain: boolean;
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
    return [{ fromMs, toMs, certain: receipt?.bit === true }];
  });
}

/** For how long of a stretch of time a process was stopped. */
export const pausedMs = (pauses: readonly Window[], { fromMs, toMs }: Window): number =>
  pauses.reduce(
    (sum, pause) => sum + Math.max(0, Math.min(toMs, pause.toMs) - Math.max(fromMs, pause.fromMs)),
    0,
  );

/** While a process is stopped it misses its ticks; for one of them it makes up at a moment. */
export interface Stop extends Window {
  readonly madeUpMs: number;
}

/** The pauses with the most ticks that there may have been behind a moment. */
export const shortest = (pauses: readonly Pause[], uncertainMs: number): Stop[] =>
  pauses
    .filter(({ certain }) => certain)
    .map(({ fromMs, toMs }) => ({
      fromMs: fromMs + uncertainMs,
      toMs: toMs - uncertainMs,
      madeUpMs: toMs + uncertainMs,
    }));

/** The pauses with the fewest ticks that there may have been behind a moment. */
export const longest = (pauses: readonly Window[], uncertainMs: number): Stop[] =>
  pauses.map(({ fromMs, toMs }) => ({
    fromMs: fromMs - uncertainMs,
    toMs: toMs + uncertainMs,
    madeUpMs: toMs - uncertainMs,
  }));

const tickMs = 1_000;
/** Less than any two ticks are apart. */
const aMomentMs = 0.001;

/**
 * When a process's ticker of one second has ticked so many times, counted from the first tick at or
 * behind a moment. While the process is stopped it misses its ticks, but for a single one as it
 * goes on; then they come as ever (Go, time.NewTicker: it "will adjust the time interval or drop
 * ticks to make up for slow receivers").
 *
 * @param phaseMs ticks are at `phaseMs + n * 1000`
 * @param count 0 for that first tick itself
 */
export function tickBehind(
  phaseMs: number,
  stops: readonly Stop[],
  atMs: number,
  count: number,
): number {
  const regular = (fromMs: number): number =>
    Math.ceil((fromMs - phaseMs) / tickMs) * tickMs + phaseMs;
  const first = regular(atMs);
  const last = first + count * tickMs;
  if (stops.every((s) => s.fromMs > last || Math.max(s.toMs, s.madeUpMs) < atMs)) return last;
  const madeUp = stops.flatMap((s) => (regular(s.fromMs) < s.toMs ? s.madeUpMs : []));
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
