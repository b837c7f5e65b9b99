import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, createBench, isDefect, pairs } from './try-edits.ts';

/**
 * Edits drawn by seed from whatever the files of evidence hold, each sealed anew: the judge, not a
 * digest, notices, or a rule says why it need not.
 */
const edits = 200;
const ofOneTest = 10;
const ofOnePair = 30;
let bench: Bench;

beforeAll(async () => {
  bench = await createBench();
});
afterAll(() => bench[Symbol.dispose]());

/** Each ended with a stack once: a tap file without a name; a request cut off behind an item. */
it.each([1249, 1894])('edit %i is noticed', async (seed) => {
  const tried = await bench.try(seed);
  expect(isDefect(tried.fate), JSON.stringify(tried)).toBe(false);
});

it.each(Array.from({ length: edits / ofOneTest }, (_, i) => i * ofOneTest))(
  'edits %i and on are noticed, and none blames a pipeline for what is gone',
  async (first) => {
    for (let seed = first; seed < first + ofOneTest; seed++) {
      const tried = await bench.try(seed);
      expect(isDefect(tried.fate), JSON.stringify(tried)).toBe(false);
    }
  },
);

/** Copies of queues; what the shop's services said, and where links led; several ways. */
it.each([
  ['queues', [6, 30, 140, 435]],
  ['users', [27, 35, 89, 205, 327, 397]],
  ['ways', []],
] as const satisfies readonly (readonly [keyof typeof pairs, readonly number[]])[])(
  'edits of %s are noticed, those that once were not among them',
  async (name, known) => {
    using own = await createBench(pairs[name]);
    for (const seed of [...known, ...Array.from({ length: ofOnePair }, (_, i) => 10_000 + i)]) {
      const tried = await own.try(seed);
      expect(isDefect(tried.fate), JSON.stringify(tried)).toBe(false);
    }
  },
);
