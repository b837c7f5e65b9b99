import { describe, expect, it } from 'vitest';
import { parseYaml } from './yaml.ts';

const text = `name: a
list:
  - x: 1
  - y: two
---
other: [1, 2]
`;

describe('parseYaml', () => {
  it('finds the line and column of values and keys', () => {
    const [first, second] = parseYaml('f.yaml', text).documents;
    expect(first?.place(['list', 1, 'y'])).toEqual({ file: 'f.yaml', line: 4, column: 8 });
    expect(first?.keyPlace(['list', 1, 'y'])).toEqual({ file: 'f.yaml', line: 4, column: 5 });
    expect(second?.place(['other', 1])).toEqual({ file: 'f.yaml', line: 6, column: 12 });
  });

  it('answers with the nearest ancestor for a path that is not there', () => {
    const [first] = parseYaml('f.yaml', text).documents;
    expect(first?.place(['list', 0, 'missing']).line).toBe(3);
  });

  it('reports syntax errors with their place and goes on', () => {
    const { problems, documents } = parseYaml('f.yaml', 'a: [1\n---\nb: 2\n');
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.place.file).toBe('f.yaml');
    expect(documents.map((d) => d.value)).toEqual([{ b: 2 }]);
  });

  const mistakes = (written: string): string[] =>
    parseYaml('f.yaml', written).problems.map(
      ({ place, message }) => `${place.line}:${place.column} ${message}`,
    );

  it('places aliases that mean nothing, or themselves', () => {
    expect(mistakes('a: *one\nb: *two\n')).toEqual([
      '1:4 YAML: the alias *one has no anchor &one before it',
      '2:4 YAML: the alias *two has no anchor &two before it',
    ]);
    expect(mistakes('a: &x { b: *x }\n')).toEqual([
      '1:12 YAML: the alias *x stands in what it means',
    ]);
    expect(mistakes('a: &x 1\nb: *x\n')).toEqual([]);
  });

  it('opens no alias bomb', () => {
    const level = (name: string, of: string): string =>
      `${name}: &${name} [${Array(9).fill(of).join(', ')}]\n`;
    const bomb = level('a', 'x') + level('b', '*a') + level('c', '*b') + level('d', '*c');
    expect(mistakes(bomb)).toEqual([expect.stringMatching(/^1:1 YAML: .*alias/)]);
  });

  it.each([
    ['lists', '['.repeat(100_000), /^1:10\d YAML: nested more than 100 levels deep$/],
    ['dashes', '- '.repeat(100_000), /^1:2\d\d YAML: nested more than 100 levels deep$/],
    ['mappings', '{a: '.repeat(5_000), /^1:3\d\d YAML: nested more than 100 levels deep$/],
    ['a list as a key', '? [a, b]\n: c\n', /^1:3 YAML: a list or mapping stands here as a key/],
  ])('places what would break its reader: %s', (_, written, expected) => {
    expect(mistakes(written)).toEqual([expect.stringMatching(expected)]);
    expect(mistakes(`${'['.repeat(90)}${']'.repeat(90)}`)).toEqual([]);
  });

  it('stops where a file is too long to be read at once, be it one document or many', () => {
    const tooMany = /^\d+:\d+ YAML: more than 500000 words and signs in one file/;
    // Key, sign, space, value and line end are five each.
    const entries = (count: number): string =>
      Array.from({ length: count }, (_, i) => `k${i}: 1\n`).join('');
    expect(mistakes(entries(110_000))).toEqual([expect.stringMatching(tooMany)]);
    expect(mistakes(`${entries(1_000)}---\n`.repeat(110))).toEqual([
      expect.stringMatching(tooMany),
    ]);
    expect(mistakes(`${entries(1_000)}---\n`.repeat(50))).toEqual([]);
  });

  it('places keys that stand twice in one mapping', () => {
    expect(mistakes('a: 1\nb: { c: 1, d: 2, c: 3 }\na: 2\n')).toEqual([
      '2:18 YAML: the key "c" stands here twice',
      '3:1 YAML: the key "a" stands here twice',
    ]);
  });

  it.each([
    ['a: "b"\nc: "d\n\ne: f\n', '2:4 YAML: Missing closing "quote'],
    ["a: 'b'\nc: ['d\n\n  , e\n", "2:5 YAML: Missing closing 'quote"],
  ])('says where a quote opens that nothing closes: %j', (text, expected) => {
    expect(mistakes(text)[0]).toBe(expected);
  });

  it('says one error a line, at most five, and how many follow', () => {
    const wrong = mistakes(`a:\n  b: 1\n c: 2\n${'  d: 3\n e: 5\n'.repeat(20)}`);
    expect(wrong).toHaveLength(6);
    expect(new Set(wrong.map((line) => line.split(':')[0])).size).toBe(6);
    expect(wrong[5]).toMatch(/and \d+ more that follow from it/);
  });
});
