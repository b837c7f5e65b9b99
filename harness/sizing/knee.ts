import type { Around } from './schedule.ts';
import type { Window } from './windows.ts';

/** The highest rate before the first that was not carried, and that one; spans a second. */
export interface Bracket {
  readonly lastGood: number;
  /** Undefined: each rate that was sent was carried. */
  readonly firstBad: number | undefined;
}

/** Of a staircase, in the order in which it was climbed; what proves nothing is left out. */
export function bracketOf(windows: readonly Window[]): Bracket {
  const usable = windows.filter(({ invalid }) => invalid === undefined);
  const firstBadAt = usable.findIndex(({ bad }) => bad !== undefined);
  const good = firstBadAt < 0 ? usable : usable.slice(0, firstBadAt);
  return {
    lastGood: Math.max(0, ...good.map(({ spansPerSecond }) => spansPerSecond)),
    firstBad: usable[firstBadAt]?.spansPerSecond,
  };
}

/**
 * Where the staircase is laid, by a scout. A run that proves nothing as a whole still shows where
 * to look; a sender that was late does not.
 * @returns undefined where not even the lowest rate was carried
 */
export function aroundOf(windows: readonly Window[]): Around | undefined {
  const { lastGood, firstBad } = bracketOf(windows);
  return lastGood > 0 ? { carried: lastGood, hasKnee: firstBad !== undefined } : undefined;
}

/** How far two findings of one knee lie apart, by the middles of their brackets. */
export function kneeError(found: Bracket, again: Bracket): number | undefined {
  if (found.firstBad === undefined || again.firstBad === undefined || again.lastGood === 0)
    return undefined;
  const middle = ({ lastGood, firstBad = 0 }: Bracket): number => (lastGood + firstBad) / 2;
  return Math.abs(middle(found) - middle(again)) / middle(again);
}
