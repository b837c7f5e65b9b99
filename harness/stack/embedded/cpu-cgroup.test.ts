import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPodCpuCgroup, parseThrottling, quotaMicros } from './cpu-cgroup.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpu-cgroup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('gives a pod what its limit says, of either version', () => {
  const second = createPodCpuCgroup({ version: 2, folder }, 'second', 0.25);
  expect(readFileSync(join(second, 'cpu.max'), 'utf8')).toBe('25000 100000');
  const first = createPodCpuCgroup({ version: 1, folder }, 'first', 1.5);
  expect(readFileSync(join(first, 'cpu.cfs_quota_us'), 'utf8')).toBe('150000');
  expect(readFileSync(join(first, 'cpu.cfs_period_us'), 'utf8')).toBe('100000');
});

it('asks the kernel for no less than it takes', () => {
  expect(quotaMicros(0.001)).toBe(1_000);
});

it('reads how long a pod was held back, in the unit of each version', () => {
  const told = { periods: 40, throttledPeriods: 7, throttledMs: 1_500 };
  expect(parseThrottling('nr_periods 40\nnr_throttled 7\nthrottled_time 1500000000\n')).toEqual(
    told,
  );
  const second = 'usage_usec 9\nnr_periods 40\nnr_throttled 7\nthrottled_usec 1500000\n';
  expect(parseThrottling(second)).toEqual(told);
});

it('knows nothing where the kernel says nothing', () => {
  expect(parseThrottling('usage_usec 9\n')).toBeUndefined();
});
