/** What is different in each line although it says the same: addresses, ids, large numbers. */
const passing: readonly (readonly [RegExp, string])[] = [
  [/\b\d{1,3}(\.\d{1,3}){3}:\d+->/g, ''],
  [/\b\d{1,3}(\.\d{1,3}){3}\b/g, '<address>'],
  [/\b[0-9a-f]{16,32}\b/g, '<id>'],
  [/\b\d{5,}\b/g, '<number>'],
];

const mostCharacters = 240;

/**
 * A collector's own words without what differs from line to line, so that losses of one cause are
 * one finding: several errors that say the same are said once.
 */
export function stableWords(said: string): string {
  const plain = passing.reduce((text, [what, by]) => text.replace(what, by), said);
  const once = [...new Set(plain.trim().replace(/\s+/g, ' ').split('; '))].join('; ');
  return once.length > mostCharacters ? `${once.slice(0, mostCharacters)}…` : once;
}
