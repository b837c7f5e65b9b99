import { expect, it } from 'vitest';
import { random } from '../plan/random.ts';
import { fitLine, fitWithIntervals } from './fit.ts';

it('finds the line that is there', () => {
  const points = [1, 2, 3, 4, 5].map((x) => ({ x, y: 0.2 + 0.05 * x }));
  expect(fitLine(points).fixed).toBeCloseTo(0.2);
  expect(fitLine(points).slope).toBeCloseTo(0.05);
});

it('allows no negative cost', () => {
  expect(fitLine([1, 2, 3, 4].map((x) => ({ x, y: 2 * x - 1.5 }))).fixed).toBe(0);
  expect(fitLine([1, 2, 3, 4].map((x) => ({ x, y: 9 - x })))).toEqual({ fixed: 6.5, slope: 0 });
});

it('covers the truth about as often as it says', () => {
  const stream = random(7, 'truth');
  const noise = (): number => (stream.unit() + stream.unit() + stream.unit() - 1.5) * 0.04;
  const truth = (x: number): number => 0.1 + 0.03 * x;
  let covered = 0;
  const worlds = 120;
  for (let world = 0; world < worlds; world++) {
    const points = Array.from({ length: 10 }, (_, i) => ({ x: i + 1, y: truth(i + 1) + noise() }));
    const interval = fitWithIntervals(points, world)?.at(6.5);
    const seen = truth(6.5) + noise();
    if (interval && seen >= interval.low && seen <= interval.high) covered++;
  }
  expect(covered / worlds).toBeGreaterThan(0.8);
  expect(covered / worlds).toBeLessThan(1);
});

it('says nothing of too few points', () => {
  expect(
    fitWithIntervals(
      [1, 2, 3].map((x) => ({ x, y: x })),
      1,
    ),
  ).toBeUndefined();
  expect(
    fitWithIntervals(
      [2, 2, 2, 2].map((x) => ({ x, y: x })),
      1,
    ),
  ).toBeUndefined();
});
