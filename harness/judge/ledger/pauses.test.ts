import { describe, expect, it } from 'vitest';
import type { PodLife } from '../../stack/types.ts';
import { type Pause, pausedMs, pausesOf, tickBehind, ticksBetween } from './pauses.ts';

const phaseMs = 400;
const sure = (fromMs: number, toMs: number): Pause => ({ fromMs, toMs, certain: { fromMs, toMs } });
const pauses = [sure(3_000, 6_100)];

describe('a ticker of one second', () => {
  const ticks = (fromMs: number, own = pauses) =>
    [0, 1, 2, 3, 4, 5].map((count) => Math.round(tickBehind(phaseMs, own, fromMs, count)));

  it('ticks on where nothing stops it', () => {
    expect(ticks(1_000, [])).toEqual([1_400, 2_400, 3_400, 4_400, 5_400, 6_400]);
    expect(ticks(7_000)).toEqual([7_400, 8_400, 9_400, 10_400, 11_400, 12_400]);
    expect(tickBehind(phaseMs, [], 1_400, 0)).toBe(1_400);
  });

  it('makes up for a single one of those that it missed while stopped', () => {
    expect(ticks(1_000)).toEqual([1_400, 2_400, 6_100, 6_400, 7_400, 8_400]);
    expect(ticks(4_000)).toEqual([6_100, 6_400, 7_400, 8_400, 9_400, 10_400]);
  });

  it('makes up for none where it missed none', () => {
    const short = [sure(2_500, 3_300)];
    expect(ticks(1_000, short)).toEqual([1_400, 2_400, 3_400, 4_400, 5_400, 6_400]);
  });

  it('never ticks again where it never goes on', () => {
    const forever = [sure(3_000, Number.POSITIVE_INFINITY)];
    expect(tickBehind(phaseMs, forever, 1_000, 2)).toBe(Number.POSITIVE_INFINITY);
  });
});

it('ticks most and least often where it is not known when it stopped and went on', () => {
  const bounds = (atMs: number, own = pauses, count = 1): number[] => {
    const { fromMs, toMs } = ticksBetween(phaseMs, own, 60, { fromMs: atMs, toMs: atMs }, count);
    return [Math.round(fromMs), Math.round(toMs)];
  };
  // Taken in before or behind the tick that is made up for.
  expect(bounds(6_100)).toEqual([6_400, 7_400]);
  expect(bounds(6_000)).toEqual([6_400, 6_400]);
  const edge = [sure(2_450, 6_100)];
  expect(bounds(1_000, edge, 2)).toEqual([6_040, 6_400]);
  // Of a short one nobody knows whether it missed a tick, and made up for it.
  const short = [sure(2_450, 3_100)];
  expect(bounds(2_420, short, 0)).toEqual([3_040, 3_400]);
});

it('a process was stopped for a part of a stretch of time', () => {
  expect(pausedMs(pauses, { fromMs: 5_000, toMs: 9_000 })).toBe(1_100);
  expect(pausedMs(pauses, { fromMs: 0, toMs: 3_000 })).toBe(0);
});

describe('a pause', () => {
  const life = { pod: 'gateway-0', tier: 'gateway', ordinal: 0, startedMs: 1_000, endedMs: 9_000 };
  const fault = {
    index: 0,
    tier: 'gateway',
    ordinals: [0],
    spec: { kind: 'pause', atMs: 2_900, forMs: 3_000 },
  };
  const receipt = {
    fault: 0,
    target: 'gateway/0',
    injectedMs: 3_000,
    healedMs: 6_100,
    bit: true,
    proof: {},
  };
  const of = (receipts: readonly object[], own: object = {}, faults: readonly object[] = [fault]) =>
    pausesOf(
      { ...life, ...own } as PodLife,
      { facts: { startMs: 0, faults }, receipts } as unknown as Parameters<typeof pausesOf>[1],
    );

  it('is as its receipt says, of the process that was there', () => {
    expect(of([receipt])).toEqual(pauses);
    expect(of([{ ...receipt, healedMs: undefined }])).toEqual([sure(3_000, 9_000)]);
    for (const other of [{ ordinal: 1 }, { tier: 'agent' }, { startedMs: 4_000 }]) {
      expect(of([receipt], other)).toEqual([]);
    }
    expect(of([receipt], {}, [{ ...fault, spec: { ...fault.spec, kind: 'kill' } }])).toEqual([]);
  });

  it('may have been, as planned, where no receipt proves it', () => {
    const may = [{ fromMs: 2_900, toMs: 10_900, certain: undefined }];
    expect(of([])).toEqual(may);
    const ticks = ticksBetween(phaseMs, may, 0, { fromMs: 3_000, toMs: 3_000 }, 0);
    expect(ticks).toEqual({ fromMs: 3_400, toMs: 10_900 });
    expect(of([{ ...receipt, bit: false }])).toEqual([
      { fromMs: 3_000, toMs: 6_100, certain: undefined },
    ]);
  });

  it('is sure between its signals only, of which a cluster takes a while to hand on each', () => {
    const proof = { stopTookMs: 300, goOnTookMs: 250 };
    const slow = of([{ ...receipt, proof }]);
    expect(slow).toEqual([{ fromMs: 3_000, toMs: 6_100, certain: { fromMs: 3_300, toMs: 5_850 } }]);
    // A tick at 3,090 was missed, or was not; one at 6,090 as well.
    const ticks = [0, 1, 2].map((count) =>
      ticksBetween(90, slow, 0, { fromMs: 2_500, toMs: 2_500 }, count),
    );
    expect(ticks).toEqual([
      { fromMs: 3_090, toMs: 6_100 },
      { fromMs: 5_850, toMs: 7_090 },
      { fromMs: 6_090, toMs: 8_090 },
    ]);
  });
});
