import { expect, it } from 'vitest';
import type { MachineSample } from '../../evidence/types.ts';
import { starvedBetween } from './starved.ts';

/** Four a second for so long, of two processors, idle by a share, so many threads wanting one. */
const samples = (seconds: number, idleShare: number, runnable: number, startMs = 0) =>
  Array.from({ length: seconds * 4 + 1 }, (_, i): MachineSample => {
    const idleMs = i * 500 * idleShare;
    return { atMs: startMs + i * 250, processors: 2, idleMs, busyMs: i * 500 - idleMs, runnable };
  });

it('is a machine of which nothing is idle while many threads want each processor', () => {
  const starved = starvedBetween(samples(10, 0.01, 24), 0, 10_000);
  expect(starved).toMatchObject({ fromMs: 0, threadsPerProcessor: 12 });
  expect(starved?.forMs).toBeGreaterThan(8_000);
});

it.each([
  ['some of it was idle', samples(10, 0.1, 24)],
  ['few threads wanted more', samples(10, 0, 18)],
  ['it was over soon', samples(4, 0, 24)],
  ['it was not looked at', []],
  ['it was looked at once', samples(0, 0, 24)],
])('is none where %s', (_, machine) => {
  expect(starvedBetween(machine, 0, 10_000)).toBeUndefined();
});

it('is asked of the run alone', () => {
  expect(starvedBetween(samples(10, 0, 24, 20_000), 0, 10_000)).toBeUndefined();
  expect(starvedBetween(samples(10, 0, 24), 8_000, 20_000)).toBeUndefined();
});
