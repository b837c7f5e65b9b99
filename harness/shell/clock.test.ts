import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockShiftMs, followWallClock, nowMs } from './clock.ts';

afterEach(() => {
  vi.restoreAllMocks();
  followWallClock();
});

describe('the clock of a run', () => {
  it('goes on when the wall clock is set, tells by how much, and follows when it is told to', () => {
    const before = nowMs();
    const wall = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => wall - 3_600_000);
    expect(nowMs()).toBeGreaterThanOrEqual(before);
    expect(clockShiftMs()).toBeLessThan(-3_599_000);
    followWallClock();
    expect(nowMs()).toBeLessThan(before - 3_500_000);
  });
});
