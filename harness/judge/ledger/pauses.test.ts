import { describe, expect, it } from 'vitest';
import type { PodLife } from '../../stack/types.ts';
import { longest, pausedMs, pausesOf, shortest, tickBehind } from './pauses.ts';

const phaseMs = 400;
const pauses = [{ fromMs: 3_000, toMs: 6_100, certain: true }];

describe('a ticker of one second', () => {
  const ticks = (fromMs: number, own = pauses) =>
    [0, 1, 2, 3, 4, 5].map((count) =>
      Math.round(tickBehind(phaseMs, longest(own, 0), fromMs, count)),
    );

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
    const short = [{ fromMs: 2_500, toMs: 3_300, certain: true }];
    expect(ticks(1_000, short)).toEqual([1_400, 2_400, 3_400, 4_400, 5_400, 6_400]);
  });

  it('never ticks again where it never goes on', () => {
    const forever = [{ fromMs: 3_000, toMs: Number.POSITIVE_INFINITY, certain: true }];
    expect(tickBehind(phaseMs, longest(forever, 0), 1_000, 2)).toBe(Number.POSITIVE_INFINITY);
  });
});

it('ticks most and least often where it is not known when it stopped and went on', () => {
  const bounds = (atMs: number) =>
    [shortest, longest].map((own) => tickBehind(phaseMs, own(pauses, 60), atMs, 1));
  // Taken in before or behind the tick that is made up for.
  expect(bounds(6_100)).toEqual([6_400, 7_400]);
  expect(bounds(6_000)).toEqual([6_400, 6_400]);
  const edge = [{ fromMs: 2_450, toMs: 6_100, certain: true }];
  const edges = [shortest, longest].map((own) => tickBehind(phaseMs, own(edge, 60), 1_000, 2));
  expect(edges).toEqual([6_160, 6_400]);
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
  const receipt = { fault: 0, target: 'gateway/0', injectedMs: 3_000, healedMs: 6_100, bit: true };
  const of = (receipts: readonly object[], own: object = {}, faults: readonly object[] = [fault]) =>
    pausesOf(
      { ...life, ...own } as PodLife,
      { facts: { startMs: 0, faults }, receipts } as unknown as Parameters<typeof pausesOf>[1],
    );

  it('is as its receipt says, of the process that was there', () => {
    expect(of([receipt])).toEqual(pauses);
    expect(of([{ ...receipt, healedMs: undefined }])).toEqual([
      { fromMs: 3_000, toMs: 9_000, certain: true },
    ]);
    for (const other of [{ ordinal: 1 }, { tier: 'agent' }, { startedMs: 4_000 }]) {
      expect(of([receipt], other)).toEqual([]);
    }
    expect(of([receipt], {}, [{ ...fault, spec: { ...fault.spec, kind: 'kill' } }])).toEqual([]);
  });

  it('may have been, as planned, where no receipt proves it', () => {
    const may = [{ fromMs: 2_900, toMs: 10_900, certain: false }];
    expect(of([])).toEqual(may);
    expect(shortest(may, 0)).toEqual([]);
    expect(longest(may, 0)).toHaveLength(1);
    expect(of([{ ...receipt, bit: false }])).toEqual([
      { fromMs: 3_000, toMs: 6_100, certain: false },
    ]);
  });
});
