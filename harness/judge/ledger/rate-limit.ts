import type { Limit } from '../../pipeline/evaluate.ts';
import type { Window } from './evictions.ts';
import type { Breach, Passage } from './passages.ts';

const secondOf = (atMs: number): number => Math.floor(atMs / 1_000);
/** Ticks whose moment is not known may fall into as many seconds. */
const mostSeconds = 4;

/**
 * What a count of spans that begins anew with each second of the clock can't have answered
 * (internal/sampling/rate_limiting.go, composite.go: time.Now().Unix()).
 *
 * @param blind when something else may have counted
 */
export function rateBreaches(
  { perSecond }: Extract<Limit, { of: 'spans' }>,
  passages: readonly Passage[],
  blind: readonly Window[],
): Breach[] {
  const passed = passages.filter((p) => p.passed === true);
  const possible = new Map<number, number>();
  for (const p of passages) {
    if (p.passed === false) continue;
    for (let s = secondOf(p.fromMs); s <= secondOf(p.toMs); s++) {
      possible.set(s, (possible.get(s) ?? 0) + p.most);
    }
  }
  for (const { fromMs, toMs } of blind) {
    for (let s = secondOf(fromMs); s <= secondOf(toMs); s++) possible.set(s, Infinity);
  }
  const tooMany = [...new Set(passed.map(({ fromMs }) => secondOf(fromMs)))].flatMap((first) =>
    firstOver(passed, first, perSecond),
  );
  const turnedAway = passages.flatMap((p): Breach[] => {
    if (p.passed !== false) return [];
    for (let s = secondOf(p.fromMs); s <= secondOf(p.toMs); s++) {
      if ((possible.get(s) ?? 0) + p.most > perSecond) return [];
    }
    const { traceId, fromMs } = p;
    return [{ what: 'turned away what it had room for', traceId, atMs: fromMs }];
  });
  return [...tooMany, ...turnedAway];
}

/** Of the spans that surely passed from a second on, within so few seconds that it can't be. */
function firstOver(passed: readonly Passage[], first: number, perSecond: number): Breach[] {
  for (let seconds = 1; seconds <= mostSeconds; seconds++) {
    const within = passed.filter(
      ({ fromMs, toMs }) => secondOf(fromMs) >= first && secondOf(toMs) < first + seconds,
    );
    const spans = within.reduce((sum, { least }) => sum + least, 0);
    const last = within.at(-1);
    if (last && spans > perSecond * seconds) {
      return [{ what: 'let more through than it may', traceId: last.traceId, atMs: last.fromMs }];
    }
  }
  return [];
}
