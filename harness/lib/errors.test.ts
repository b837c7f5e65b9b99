import { describe, expect, it } from 'vitest';
import { mapAtOnce, throwProblems, UserError } from './errors.ts';

describe('UserError', () => {
  it('says each mistake once, and how many there are', () => {
    expect(new UserError(['a', 'b', 'a']).message).toBe('a\nb\n2 mistakes; nothing was started.');
    expect(new UserError(['a', 'a']).message).toBe('a');
  });
});

it('shows what a terminal would obey, and what no eye sees', () => {
  const place = { file: 'f.yaml', line: 1, column: 2 };
  const written = (message: string) => () => throwProblems([{ place, message }]);
  expect(written('found "a\x1b[2Jb"')).toThrow('f.yaml:1:2 found "a\\u{1b}[2Jb"');
  expect(written('found "a\nb\u202ec"')).toThrow('f.yaml:1:2 found "a\\u{a}b\\u{202e}c"');
  expect(written('x'.repeat(10_000))).toThrow(`f.yaml:1:2 ${'x'.repeat(120)}…`);
  expect(written('found "müß 😀"')).toThrow('f.yaml:1:2 found "müß 😀"');
});

it('names each word that is known once', () => {
  const place = { file: 'f.yaml', line: 1, column: 2 };
  expect(() => throwProblems([{ place, message: 'a', known: ['b', 'c', 'b'] }])).toThrow(
    /^f\.yaml:1:2 a; known: b, c$/,
  );
});

describe('mapAtOnce', () => {
  const half = (n: number): number => {
    if (n === 0) throw new TypeError('a bug');
    if (n % 2 === 1) throw new UserError([`${n} is odd`, 'so it goes']);
    return n / 2;
  };

  it('gives every result, or every mistake', () => {
    expect(mapAtOnce([2, 4], half)).toEqual([1, 2]);
    expect(() => mapAtOnce([1, 2, 3], half)).toThrow(
      '1 is odd\nso it goes\n3 is odd\n3 mistakes; nothing was started.',
    );
  });

  it('hides no bug', () => {
    expect(() => mapAtOnce([1, 0], half)).toThrow(TypeError);
  });
});
