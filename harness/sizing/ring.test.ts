import { expect, it } from 'vitest';
import { largestShare, ringShares } from './ring.ts';

it('gives the whole ring away, each position once', () => {
  const shares = ringShares(['10.0.0.1:4317', '10.0.0.2:4317', '10.0.0.3:4317']);
  expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1);
  expect(Math.min(...shares)).toBeGreaterThan(0.2);
});

it('is never as even as one would like, and does not change', () => {
  expect(largestShare(1, 1)).toBe(1);
  expect(largestShare(4, 1)).toBeGreaterThan(0.25);
  expect(largestShare(4, 1)).toBe(largestShare(4, 1));
});
