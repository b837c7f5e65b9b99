import { expect, it } from 'vitest';
import { reconnect } from '../pipeline/retries.ts';
import { boundPlan } from './bound.ts';
import { outageWithin } from './come-back.ts';
import { idleSeconds } from './schedule.ts';

const tier = {
  name: 'gateway',
  replicas: 2,
  cpuLimit: 0.3,
  isRing: true,
  decisionWaitMs: 10_000,
  numTraces: 20_000,
  queueSize: 1_000,
  consumers: 10,
  backend: 'tempo',
};
const load = { lastGood: 20_000, spansPerTrace: 5, keptShare: 0.1, largestShare: 0.5 };

it('lays a run on each side of the queue’s law, once traces are decided', () => {
  const plan = boundPlan(tier, load);
  // 1,010 slots in 20 s: 50.5 kept traces a second at one pod, of 1,010 traces a second in all.
  expect(plan?.spansPerSecond).toBeCloseTo(5_050);
  expect(plan?.survivesMs).toBeCloseTo(20_000);
  const [within, beyond] = plan?.runs ?? [];
  expect(within).toMatchObject({ side: 'within', outageMs: 15_000 });
  expect(beyond).toMatchObject({ side: 'beyond', outageMs: 27_000 });
  for (const run of [within, beyond]) {
    const endMs = (idleSeconds + (run?.steps[0]?.forSeconds ?? 0)) * 1_000;
    expect(run?.outageAtMs).toBeGreaterThan(idleSeconds * 1_000 + 10_000);
    expect(endMs).toBeGreaterThan((run?.outageAtMs ?? 0) + (run?.outageMs ?? 0));
  }
});

it('asks for less of an outage within the law by what the exporter takes to come back', () => {
  const retry = { initialMs: 1_000, mostMs: 30_000, multiplier: 1.5, jitter: 0.5 };
  const comeBack = { consumers: 10, connection: reconnect, retry };
  const [within, beyond] = boundPlan({ ...tier, comeBack }, load)?.runs ?? [];
  expect(within?.outageMs).toBe(outageWithin(15_000, comeBack));
  expect(within?.outageMs).toBeGreaterThan(4_000);
  expect(beyond?.outageMs).toBe(27_000);
});

it('stays below the knee, where the outage takes longer', () => {
  const plan = boundPlan(tier, { ...load, lastGood: 4_000 });
  expect(plan?.spansPerSecond).toBeCloseTo(2_800);
  expect(plan?.survivesMs).toBeCloseTo((1_010 / 28) * 1_000);
});

it('does not run what takes minutes, or what is not known', () => {
  expect(boundPlan(tier, { ...load, lastGood: 500 })).toBeUndefined();
  expect(boundPlan(tier, { ...load, keptShare: 0 })).toBeUndefined();
  expect(boundPlan({ ...tier, queueSize: undefined }, load)).toBeUndefined();
});
