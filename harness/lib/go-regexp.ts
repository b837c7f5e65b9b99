import {
  classOf,
  complement,
  escaped,
  fold,
  lastCodePoint,
  perlGroups,
  posixGroups,
  type Range,
} from './code-points.ts';

/**
 * Reads a regular expression as Go does (regexp.Compile, package regexp/syntax) and makes one that
 * matches the same texts in JavaScript. Nothing is left to JavaScript's own reading: every class,
 * escape and flag is spelled out in code points, and case folding is done here.
 */

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
]);

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

interface Parser {
  /** The pattern by code points. */
  readonly points: readonly string[];
  at: number;
  flags: Flags;
  /** What the flags were outside each group that is open. */
  readonly outer: Flags[];
}

const compiled = new Map<string, RegExp | undefined>();

/**
 * @returns a stateless expression whose `test` answers as Go's `MatchString`, with the groups that
 * were written; undefined for what Go
 * rejects and for what can't be said exactly (Unicode classes, `(?i)` beyond ASCII)
 */
export function goRegExp(pattern: string): RegExp | undefined {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  return compiled.get(pattern);
}

function compile(pattern: string): RegExp | undefined {
  const flags = { i: false, m: false, s: false };
  const parser: Parser = { points: [...pattern], at: 0, flags, outer: [] };
  let source = '';
  while (parser.at < parser.points.length) {
    const part = translateNext(parser);
    if (part === undefined) return undefined;
    source += part;
  }
  if (parser.outer.length > 0) return undefined;
  try {
    return new RegExp(source, 'u');
  } catch {
    // What both reject, such as a repetition of nothing.
    return undefined;
  }
}

const peek = (parser: Parser, ahead = 0): string => parser.points[parser.at + ahead] ?? '';
const rest = (parser: Parser): string => parser.points.slice(parser.at).join('');

function translateNext(parser: Parser): string | undefined {
  const { m, s } = parser.flags;
  const point = peek(parser);
  if (point === '\\') return translateEscape(parser);
  if (point === '[') return translateClass(parser);
  if (point === '(') return openGroup(parser);
  if (point === '{') return translateCount(parser);
  parser.at++;
  switch (point) {
    case ')': {
      const flags = parser.outer.pop();
      if (flags) parser.flags = flags;
      return flags && ')';
    }
    case '|':
    case '*':
    case '+':
    case '?':
      return point;
    case '.':
      return s ? '[^]' : '[^\\n]';
    case '^':
      return m ? '(?<![^\\n])' : '^';
    case '$':
      return m ? '(?![^\\n])' : '$';
    default:
      return literal(point.codePointAt(0) ?? 0, parser.flags);
  }
}

/** `(`, `(?:`, `(?P<name>`, `(?<name>`, `(?i)`, `(?i:`. */
function openGroup(parser: Parser): string | undefined {
  const head = /^\((?:\?P?<([A-Za-z0-9_]+)>|(?!\?))/.exec(rest(parser));
  if (head) {
    const [all, name = ''] = head;
    parser.at += all.length;
    parser.outer.push(parser.flags);
    // A name that JavaScript has none of is still a number.
    return /^[A-Za-z_]/.test(name) ? `(?<${name}>` : '(';
  }
  const set = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest(parser));
  if (!set) return undefined;
  const [all, on = '', off = '', end] = set;
  parser.at += all.length;
  // Go would repeat what stands before the flags.
  if (end === ')' && /[*+?{]/.test(peek(parser))) return undefined;
  if (end === ':') parser.outer.push(parser.flags);
  const now = (flag: keyof Flags): boolean =>
    (parser.flags[flag] || on.includes(flag)) && !off.includes(flag);
  // U only turns round which of several matches is found.
  parser.flags = { i: now('i'), m: now('m'), s: now('s') };
  return end === ':' ? '(?:' : '';
}

/** `{2,5}`; what is no such count is the brace itself. */
function translateCount(parser: Parser): string | undefined {
  const count = /^\{(0|[1-9]\d*)(?:,(0|[1-9]\d*)?)?\}/.exec(rest(parser));
  if (!count) {
    parser.at++;
    return literal(0x7b, parser.flags);
  }
  if (Number(count[1]) > 1000 || Number(count[2] ?? 0) > 1000) return undefined;
  parser.at += count[0].length;
  return count[0];
}

function translateEscape(parser: Parser): string | undefined {
  const letter = peek(parser, 1);
  if (letter === 'Q') {
    const quoted = rest(parser).slice(2).split('\\E', 1)[0] ?? '';
    if (quoted === '') return undefined;
    const closed = rest(parser).startsWith(`${quoted}\\E`, 2);
    parser.at += 2 + [...quoted].length + (closed ? 2 : 0);
    const parts = [...quoted].map((point) => literal(point.codePointAt(0) ?? 0, parser.flags));
    return parts.includes(undefined) ? undefined : parts.join('');
  }
  const group = perlGroup(parser);
  if (group) return classOf(group, false);
  // Not \B: V8 also finds it between the halves of a surrogate pair.
  const anchor = { A: '^', z: '$', b: '\\b' }[letter];
  if (anchor !== undefined) {
    parser.at += 2;
    return anchor;
  }
  const point = escapedPoint(parser);
  return point === undefined ? undefined : literal(point, parser.flags);
}

/** `\d`, `\W` and their like at the parser's place, taken; undefined where there is none. */
function perlGroup(parser: Parser): readonly Range[] | undefined {
  const letter = peek(parser, 1);
  const group = peek(parser) === '\\' ? perlGroups.get(letter.toLowerCase()) : undefined;
  if (!group) return undefined;
  parser.at += 2;
  return signed(group, letter !== letter.toLowerCase(), parser.flags);
}

/** Folds first, negates then (parse.go, appendGroup). */
function signed(group: readonly Range[], negated: boolean, { i }: Flags): readonly Range[] {
  const folded = (i ? fold(group) : group) ?? group;
  return negated ? complement(folded) : folded;
}

/** The code point that an escape stands for (parse.go, parseEscape); undefined where Go errs. */
function escapedPoint(parser: Parser): number | undefined {
  const written = rest(parser);
  const take = (length: number, value: number): number => {
    parser.at += length;
    return value;
  };
  const letter = written[1] ?? '';
  const control = controls.get(letter);
  if (control !== undefined) return take(2, control);
  const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(written)?.[1];
  if (octal !== undefined) return take(1 + octal.length, Number.parseInt(octal, 8));
  const hex = /^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(written);
  if (hex) {
    const value = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    return value > lastCodePoint ? undefined : take(hex[0].length, value);
  }
  return /^\\[^0-9A-Za-z\u{80}-\u{10ffff}]/u.test(written)
    ? take(2, letter.codePointAt(0) ?? 0)
    : undefined;
}

function translateClass(parser: Parser): string | undefined {
  parser.at++;
  const negated = peek(parser) === '^';
  if (negated) parser.at++;
  const ranges: Range[] = [];
  for (let first = true; first || peek(parser) !== ']'; first = false) {
    const part = posixGroup(parser) ?? perlGroup(parser) ?? classRange(parser);
    if (part === undefined || part === 'invalid') return undefined;
    ranges.push(...part);
  }
  parser.at++;
  return classOf(ranges, negated);
}

function posixGroup(parser: Parser): readonly Range[] | 'invalid' | undefined {
  if (peek(parser) !== '[' || peek(parser, 1) !== ':') return undefined;
  const named = /^\[:(.*?):\]/s.exec(rest(parser));
  if (!named) return undefined;
  const name = named[1] ?? '';
  const group = posixGroups.get(name.replace('^', ''));
  if (!group) return 'invalid';
  parser.at += named[0].length;
  return signed(group, name.startsWith('^'), parser.flags);
}

/** One code point or a range of them; `-` stands for itself where it can't be a range. */
function classRange(parser: Parser): readonly Range[] | undefined {
  const from = classPoint(parser);
  if (from === undefined) return undefined;
  let to: number | undefined = from;
  if (peek(parser) === '-' && peek(parser, 1) !== ']') {
    parser.at++;
    to = classPoint(parser);
  }
  if (to === undefined || to < from) return undefined;
  return parser.flags.i ? fold([[from, to]]) : [[from, to]];
}

function classPoint(parser: Parser): number | undefined {
  if (peek(parser) === '\\') return escapedPoint(parser);
  return parser.points[parser.at++]?.codePointAt(0);
}

function literal(point: number, { i }: Flags): string | undefined {
  if (!i) return escaped(point);
  const ranges = fold([[point, point]]);
  return ranges && classOf(ranges, false);
}
