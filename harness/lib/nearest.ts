/** Levenshtein distance, for "did you mean" hints; words are short, so the plain table will do. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * The known word nearest to a misspelt one, as a hint (`did you mean "oom"?`),
 * or undefined where none is near: more than a third of its letters differ, or than `most` where
 * the word may well be meant as it is.
 */
export function didYouMean(
  word: string,
  known: readonly string[],
  most?: number,
): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  if (best === undefined || bestDistance > (most ?? Math.max(2, Math.ceil(best.length / 3))))
    return undefined;
  return `did you mean "${best}"?`;
}
