import type { Limit } from '../../pipeline/evaluate.ts';
import type { Window } from './evictions.ts';
import type { Breach, Passage } from './passages.ts';

/** Passages of one tick. */
interface Group extends Window {
  readonly passages: readonly Passage[];
  /** Bytes that surely went through, and that may have. */
  readonly least: number;
  readonly most: number;
}

/**
 * What a token bucket can't have answered: it is full at first, fills at a rate, and turns away
 * what it has too few tokens for (internal/sampling/bytes_limiting.go; golang.org/x/time/rate).
 *
 * @param blind when something else may have taken tokens
 */
export function bucketBreaches(
  { perSecond, burst }: Extract<Limit, { of: 'bytes' }>,
  passages: readonly Passage[],
  blind: readonly Window[],
): Breach[] {
  const groups = groupsOf(passages);
  const filled = (ms: number): number => burst + (perSecond * Math.max(0, ms)) / 1_000;
  const tooMany = groups.flatMap((first, i): Breach[] => {
    let bytes = 0;
    for (const last of groups.slice(i)) {
      bytes += last.least;
      if (bytes <= filled(last.toMs - first.fromMs)) continue;
      const traceId = last.passages.find(({ passed }) => passed)?.traceId ?? '';
      return [{ what: 'let more through than it may', traceId, atMs: last.fromMs }];
    }
    return [];
  });
  const turnedAway = groups.flatMap((group): Breach[] => {
    if (blind.some(({ fromMs }) => fromMs <= group.toMs)) return [];
    // Tokens at least: since whichever taking the bucket was full last.
    let least = burst;
    let taken = 0;
    for (const earlier of groups.filter(({ fromMs }) => fromMs <= group.toMs).reverse()) {
      taken += earlier.most;
      least = Math.min(least, filled(group.fromMs - earlier.toMs) - taken);
    }
    const wrong = group.passages.find(({ passed, most }) => passed === false && most < least);
    return wrong
      ? [{ what: 'turned away what it had room for', traceId: wrong.traceId, atMs: group.fromMs }]
      : [];
  });
  return [...tooMany.slice(0, 1), ...turnedAway];
}

/** By when they were asked, in order; what overlaps is one. */
function groupsOf(passages: readonly Passage[]): Group[] {
  const groups: { fromMs: number; toMs: number; passages: Passage[] }[] = [];
  for (const passage of [...passages].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = groups.at(-1);
    if (last && passage.fromMs <= last.toMs) {
      last.passages.push(passage);
      last.toMs = Math.max(last.toMs, passage.toMs);
    } else {
      groups.push({ fromMs: passage.fromMs, toMs: passage.toMs, passages: [passage] });
    }
  }
  const sum = (own: readonly Passage[], bound: 'least' | 'most'): number =>
    own.reduce((total, passage) => total + passage[bound], 0);
  return groups.map((group) => ({
    ...group,
    least: sum(
      group.passages.filter(({ passed }) => passed === true),
      'least',
    ),
    most: sum(
      group.passages.filter(({ passed }) => passed !== false),
      'most',
    ),
  }));
}
