import { expect, it } from 'vitest';
import { loadsHtml } from './html-load.ts';
import { podLoads } from './pod-load.ts';

const at = (atMs: number, life: number, cpuMs: number, rest: object = {}) => ({
  atMs,
  pod: 'gateway-0',
  life,
  cpuMs,
  memoryBytes: 2 ** 20,
  ...rest,
});

it('takes a new container’s counter for no negative time', () => {
  const samples = [at(1_000, 0, 500), at(1_250, 0, 625), at(1_500, 1, 10), at(1_750, 1, 260)];
  const [load] = podLoads(samples, 1_000);
  expect(load?.cpu).toEqual([
    [250, 0.5],
    [750, 1],
  ]);
  expect(load?.queue).toEqual([]);
});

it('counts being held back between samples, not from the start', () => {
  const of = (periods: number, throttledPeriods: number) => ({
    throttling: { periods, throttledPeriods },
  });
  const [load] = podLoads([at(0, 0, 0, of(100, 100)), at(250, 0, 9, of(110, 105))], 0);
  expect(load?.throttledShare).toBe(0.5);
  expect(podLoads([at(0, 0, 0)], 0)[0]?.throttledShare).toBeUndefined();
});

it('says what was not told, and draws what was', () => {
  const samples = [at(0, 0, 0), at(250, 0, 100), at(500, 0, 200)];
  const page = loadsHtml(podLoads(samples, 0)).markup;
  expect(page).toContain('queue not told');
  expect(page).toContain('most 0.4 cores');
  expect(loadsHtml(undefined).markup).toContain('Nothing was sampled');
});
