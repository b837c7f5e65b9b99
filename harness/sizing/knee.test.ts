import { expect, it } from 'vitest';
import { aroundOf, bracketOf, kneeError } from './knee.ts';
import type { Window } from './windows.ts';

const windowAt = (spansPerSecond: number, bad?: string, invalid?: string): Window => ({
  purpose: 'fit',
  plannedSpansPerSecond: spansPerSecond,
  spansPerSecond,
  cores: 0.1,
  memoryMiB: 100,
  throttledShare: 0,
  tracesHeld: 1_000,
  invalid,
  bad,
});

it('ends at the first rate that was not carried, whatever came behind it', () => {
  const climbed = [windowAt(1_000), windowAt(2_000), windowAt(4_000, 'lost'), windowAt(8_000)];
  expect(bracketOf(climbed)).toEqual({ lastGood: 2_000, firstBad: 4_000 });
  expect(bracketOf(climbed.slice(0, 2))).toEqual({ lastGood: 2_000, firstBad: undefined });
});

it('learns nothing from a sender that was late', () => {
  const late = [
    windowAt(1_000),
    windowAt(2_000, 'lost 3', 'late'),
    windowAt(4_000, undefined, 'late'),
  ];
  expect(aroundOf(late)).toEqual({ carried: 1_000, hasKnee: false });
  expect(aroundOf([windowAt(1_000, 'lost 3')])).toBeUndefined();
});

it('compares the middles of two brackets, where both have one', () => {
  const found = { lastGood: 8_000, firstBad: 10_000 };
  expect(kneeError(found, { lastGood: 9_500, firstBad: 10_500 })).toBeCloseTo(0.1);
  expect(kneeError(found, { lastGood: 9_500, firstBad: undefined })).toBeUndefined();
  expect(kneeError(found, { lastGood: 0, firstBad: 7_200 })).toBeUndefined();
});
