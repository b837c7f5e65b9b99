/** What is different in each line although it says the same: addresses, ids, large numbers. */
const passing: readonly (readonly [RegExp, string])[] = [
  [/\b\d{1,3}(\.\d{1,3}){3}:\d+->/g, ''],
  [/\b\d{1,3}(\.\d{1,3}){3}\b/g, '<address>'],
  [/\b[0-9a-f]{16,32}\b/g, '<id>'],
  [/\b\d{5,}\b/g, '<number>'],
  [/current time \S+Z is/g, 'current time is'],
];

/** Of what is longer, the beginning and the end: errors end in what brought them about. */
const mostCharacters = { first: 160, last: 100 };

/**
 * A collector's own words without what differs from line to line, so that losses of one cause are
 * one finding: several errors that say the same are said once.
 */
export function stableWords(said: string): string {
  const plain = passing.reduce((text, [what, by]) => text.replace(what, by), said);
  const parts = [...new Set(plain.trim().replace(/\s+/g, ' ').split('; '))];
  // An answer that was cut off ends in a part of what it said before.
  const isCut = (part: string, i: number): boolean =>
    i === parts.length - 1 && parts.some((other) => other !== part && other.startsWith(part));
  const once = parts.filter((part, i) => !isCut(part, i)).join('; ');
  const { first, last } = mostCharacters;
  return once.length > first + last ? `${once.slice(0, first)} … ${once.slice(-last)}` : once;
}
