import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../pipeline/types.ts';
import { checkScales, podsBefore, scaledOrdinals } from './scales.ts';

const scale = (atMs: number, replicas: number, tier = 'gateway') =>
  ({ kind: 'scale', atMs, replicas, target: { tier, ordinal: 'all' } }) as const;
const kill = (atMs: number) =>
  ({ kind: 'kill', atMs, target: { tier: 'gateway', ordinal: 2 } }) as const;

describe('podsBefore', () => {
  const faults = [kill(9_000), scale(5_000, 3), scale(5_000, 4), kill(5_000), scale(1, 9, 'agent')];

  it('follows the scalings of a tier in the order of their moments', () => {
    const before = faults.map((_, i) => podsBefore(faults, i, () => 2)('gateway'));
    expect(before).toEqual([4, 2, 3, 4, 2]);
  });
});

describe('scaledOrdinals', () => {
  it('are the last ones of a tier', () => {
    expect(scaledOrdinals(2, 4)).toEqual([2, 3]);
    expect(scaledOrdinals(3, 1)).toEqual([1, 2]);
    expect(scaledOrdinals(2, 2)).toEqual([]);
  });
});

describe('checkScales', () => {
  const pipeline = { tiers: [{ name: 'gateway' }] } as unknown as Pipeline;
  const place = () => ({ file: 's.yaml', line: 1, column: 1 });
  const check = (faults: Parameters<typeof checkScales>[0]['faults']) =>
    checkScales({ faults, place }, pipeline, () => 2).map(({ message }) => message);

  it('takes what changes the number of pods', () => {
    expect(check([scale(1, 3), scale(2, 2)])).toEqual([]);
  });

  it('refuses what changes nothing', () => {
    expect(check([scale(1, 2)])).toEqual([
      'fault scale changes nothing: tier "gateway" has 2 pods then',
    ]);
    expect(check([scale(2, 3), scale(1, 3)])).toEqual([
      'fault scale changes nothing: tier "gateway" has 3 pods then',
    ]);
  });
});
