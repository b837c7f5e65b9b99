import type { Random } from '../../plan/random.ts';

/** One way to damage a file that a person wrote; it says nothing about what must become of it. */
export type Damage = (text: string, stream: Random) => string | Buffer;

export const oneOf = <T>(of: readonly T[], stream: Random): T => of[stream.below(of.length)] as T;

/** Line breaks, marks that change the direction of writing, letters of many bytes, ends of text. */
const strange = [
  '\u2028',
  '\u202e',
  '\u200b',
  '\ufeff',
  '\u0085',
  '\u00a0',
  '\ufffe',
  '\u{1f4a5}',
  'e\u0301',
  '\u{10ffff}',
  'ſ',
];
const controls = ['\0', '\x07', '\b', '\x0b', '\x1b[2J', '\x7f', '\x9b', '\r', '\x1a'];
const nothings = ['', '\n', '# nothing\n', '---\n', '---\n---\n', '...\n', 'null\n', '~', '\ufeff'];

const inserted = (text: string, at: number, what: string): string =>
  text.slice(0, at) + what + text.slice(at);
const anywhere = (text: string, stream: Random): number => stream.below(text.length + 1);

/** Puts a value in the place of what stands behind one of the text's `key: `. */
function withValue(text: string, stream: Random, value: string): string {
  const keys = [...text.matchAll(/^[ -]*[\w./-]+: +/gm)];
  const key = keys[stream.below(keys.length)];
  if (!key) return `${text}\na: ${value}\n`;
  const from = key.index + key[0].length;
  const end = text.indexOf('\n', from);
  return text.slice(0, from) + value + (end < 0 ? '' : text.slice(end));
}

function changedLine(text: string, stream: Random, change: (line: string) => string[]): string {
  const lines = text.split('\n');
  const i = stream.below(lines.length);
  lines.splice(i, 1, ...change(lines[i] ?? ''));
  return lines.join('\n');
}

const depths = [50, 500, 5_000, 100_000];

function deepBlock(depth: number): string {
  // Each line is as long as it is deep: a file of as many megabytes as are read.
  const lines = Array.from({ length: Math.min(depth, 3_000) }, (_, i) => `${' '.repeat(i)}a:`);
  return `\n${lines.join('\n')}\n`;
}

/** A level of nine times the level before it. */
function bomb(levels: number): string {
  const list = (of: string): string => `[${Array(9).fill(of).join(', ')}]`;
  const names = Array.from({ length: levels }, (_, i) => `&b${i} ${list(i ? `*b${i - 1}` : 'x')}`);
  return `[${names.join(', ')}]`;
}

/** What a disk, an editor or somebody with bad intent does to bytes and lines. */
export const byteDamages = {
  cut: (text, stream) => {
    const bytes = Buffer.from(text);
    return bytes.subarray(0, stream.below(bytes.length));
  },
  bytes: (text, stream) => {
    const bytes = Buffer.from(text);
    for (let i = 0; i <= stream.below(8); i++)
      bytes[stream.below(bytes.length)] = stream.below(256);
    return bytes;
  },
  control: (text, stream) => inserted(text, anywhere(text, stream), oneOf(controls, stream)),
  'control-in-text': (text, stream) =>
    withValue(text, stream, `"${oneOf(['\\0', '\\n', '\\e[31m', '\\x07', '\\r'], stream)}x"`),
  unicode: (text, stream) => inserted(text, anywhere(text, stream), oneOf(strange, stream)),
  'byte-order-mark': (text) => `\ufeff${text}`,
  crlf: (text) => text.replaceAll('\n', '\r\n'),
  tabs: (text, stream) =>
    changedLine(text, stream, (line) => [line.replace(/^( *)/, (all) => `${all}\t`)]),
  indent: (text, stream) => changedLine(text, stream, (line) => [` ${line}`]),
  'line-twice': (text, stream) => changedLine(text, stream, (line) => [line, line]),
  'line-gone': (text, stream) => changedLine(text, stream, () => []),
  empty: (_, stream) => oneOf(nothings, stream),
  documents: (text, stream) =>
    changedLine(text, stream, (line) => [
      line,
      oneOf(['---', '...', '--- x', '%YAML 9.9'], stream),
    ]),
  'deep-lists': (text, stream) => {
    const depth = oneOf(depths, stream);
    return withValue(text, stream, '['.repeat(depth) + ']'.repeat(stream.below(2) * depth));
  },
  'deep-mappings': (text, stream) => {
    const depth = oneOf(depths, stream);
    return withValue(text, stream, '{a: '.repeat(depth) + '}'.repeat(stream.below(2) * depth));
  },
  'deep-blocks': (text, stream) => text + deepBlock(oneOf(depths, stream)),
  'deep-dashes': (text, stream) =>
    withValue(text, stream, `\n${'- '.repeat(oneOf(depths, stream))}x`),
  'alias-bomb': (text, stream) => withValue(text, stream, bomb(2 + stream.below(12))),
  'alias-of-itself': (text, stream) =>
    withValue(text, stream, oneOf(['&a [*a]', '&a { b: *a }', '&a { <<: *a }', '*a'], stream)),
  'long-text': (text, stream) =>
    withValue(text, stream, 'x'.repeat(oneOf([100, 10_000, 1_000_000], stream))),
  tag: (text, stream) =>
    withValue(
      text,
      stream,
      oneOf(
        [
          '!!js/function x',
          '!!binary x',
          '!!set {a}',
          '!!timestamp 1',
          '!x y',
          '!!float z',
          '!<',
          '|9',
          '>-+',
          '? [a]',
          '!!omap [a]',
          '!!null x',
        ],
        stream,
      ),
    ),
} as const satisfies Record<string, Damage>;
