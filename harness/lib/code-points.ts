/** Sets of code points as ranges, as regular expressions name them. */
export type Range = readonly [number, number];

export const lastCodePoint = 0x10ffff;

/** `09AZ` as two ranges: the first and last code point of each. */
const ranges = (ends: string): readonly Range[] =>
  (ends.match(/../gs) ?? []).map((pair): Range => [pair.charCodeAt(0), pair.charCodeAt(1)]);

/** Go's regexp/syntax, perl_groups.go: \s has no vertical tab, and all is ASCII. */
export const perlGroups: ReadonlyMap<string, readonly Range[]> = new Map([
  ['d', ranges('09')],
  ['s', ranges('\t\n\f\r  ')],
  ['w', ranges('09AZ__az')],
]);

export const posixGroups: ReadonlyMap<string, readonly Range[]> = new Map([
  ['alnum', ranges('09AZaz')],
  ['alpha', ranges('AZaz')],
  ['ascii', ranges('\0\x7f')],
  ['blank', ranges('\t\t  ')],
  ['cntrl', ranges('\0\x1f\x7f\x7f')],
  ['digit', ranges('09')],
  ['graph', ranges('!~')],
  ['lower', ranges('az')],
  ['print', ranges(' ~')],
  ['punct', ranges('!/:@[`{~')],
  ['space', ranges('\t\r  ')],
  ['upper', ranges('AZ')],
  ['word', ranges('09AZ__az')],
  ['xdigit', ranges('09AFaf')],
]);

/**
 * The ranges with all that differs by case only (unicode.SimpleFold): in ASCII these are the other
 * case, and the Kelvin sign and the long s. Undefined beyond ASCII.
 */
export function fold(ranges: readonly Range[]): readonly Range[] | undefined {
  const folded: Range[] = [...ranges];
  for (const [from, to] of ranges) {
    if (to > 127) return undefined;
    for (let point = from; point <= to; point++) {
      const letter = String.fromCharCode(point).toLowerCase();
      if (letter < 'a' || letter > 'z') continue;
      const other = point ^ 0x20;
      folded.push([other, other]);
      if (letter === 'k') folded.push([0x212a, 0x212a]);
      if (letter === 's') folded.push([0x17f, 0x17f]);
    }
  }
  return folded;
}

/** Every code point that stands in none of the ranges. */
export function complement(ranges: readonly Range[]): Range[] {
  const others: Range[] = [];
  let next = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > next) others.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= lastCodePoint) others.push([next, lastCodePoint]);
  return others;
}

export const escaped = (point: number): string => `\\u{${point.toString(16)}}`;

/** The ranges as a class of a JavaScript expression with flag u. */
export const classOf = (ranges: readonly Range[], negated: boolean): string =>
  `[${negated ? '^' : ''}${ranges.map(([from, to]) => `${escaped(from)}-${escaped(to)}`).join('')}]`;
