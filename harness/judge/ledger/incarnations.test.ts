import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../evidence/types.ts';
import { readIncarnations } from './incarnations.ts';

const life = (pod: string, over: object) => ({
  ...{ pod, uid: pod, tier: 'gateway', life: 0, startedMs: 0, readyMs: 100, ending: 'running' },
  ...over,
});
const gone = { endedMs: 5_000, ending: 'fault', exitCode: 0 };
const receipt = (pod: string, injectedMs: number, kind = 'scale') => ({ kind, pod, injectedMs });

function read(lives: readonly object[], receipts: readonly object[]) {
  const evidence = { lives, receipts, recorders: [], facts: { startMs: 1_000 } };
  const { outages, joins } = readIncarnations(evidence as unknown as Evidence);
  return {
    outages: outages.map(({ pod, fromMs, toMs, deleted }) => ({ pod, fromMs, toMs, deleted })),
    joins: joins.map(({ pod, fromMs, toMs }) => ({ pod, fromMs, toMs })),
  };
}

describe('pods that come and go while the load flows', () => {
  it('are away for as long as they end where nobody is to come in their stead', () => {
    const lives = [life('gateway-0', {}), life('gateway-1', gone)];
    expect(read(lives, [receipt('gateway-1', 4_000)])).toEqual({
      outages: [{ pod: 'gateway-1', fromMs: 4_000, toMs: 5_000, deleted: true }],
      joins: [],
    });
  });

  it('are away until the end where it is not known that nobody is to come', () => {
    const lives = [life('gateway-0', {}), life('gateway-1', gone)];
    const { outages } = read(lives, [receipt('gateway-1', 4_000, 'kill')]);
    expect(outages).toMatchObject([{ toMs: Number.POSITIVE_INFINITY, deleted: false }]);
  });

  it('join from when they were asked for, with or without a receipt that says it', () => {
    const lives = [life('gateway-0', {}), life('gateway-2', { startedMs: 2_000, readyMs: 3_000 })];
    const joined = (fromMs: number) => [{ pod: 'gateway-2', fromMs, toMs: 3_000 }];
    expect(read(lives, [receipt('gateway-2', 1_900)])).toEqual({
      outages: [],
      joins: joined(1_900),
    });
    expect(read(lives, []).joins).toEqual(joined(2_000));
  });

  it('join once more where one went for good, and not where one is made anew', () => {
    const back = { uid: 'new', life: 1, startedMs: 9_000, readyMs: 9_500 };
    const lives = [life('gateway-1', gone), life('gateway-1', back)];
    const scaled = [receipt('gateway-1', 4_000), receipt('gateway-1', 8_800)];
    expect(read(lives, scaled)).toMatchObject({
      outages: [{ fromMs: 4_000, toMs: 5_000 }],
      joins: [{ fromMs: 8_800, toMs: 9_500 }],
    });
    const restarted = read(lives, [receipt('gateway-1', 4_000, 'restart')]);
    expect(restarted).toMatchObject({ outages: [{ fromMs: 4_000, toMs: 9_500 }], joins: [] });
  });
});
