import { describe, expect, it } from 'vitest';
import { importCircles } from './tidy.testing.ts';

describe('circles of imports', () => {
  it.each<[string, Record<string, string[]>, string[]]>([
    ['none', { a: ['b', 'c'], b: ['c'], c: ['elsewhere'] }, []],
    ['of two', { a: ['b'], b: ['c'], c: ['b'] }, ['b c']],
    [
      'of three, entered from beside',
      { x: ['b'], a: ['b'], b: ['c', 'd'], c: ['a'], d: [] },
      ['b c a'],
    ],
    ['two of them', { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] }, ['c d', 'a b']],
    ['of itself', { a: ['a'] }, ['a']],
  ])('a circle is seen: %s', (_, files, circles) => {
    const found = importCircles(new Map(Object.entries(files)));
    expect(found.map((circle) => circle.join(' '))).toEqual(circles);
  });
});
