import { describe, expect, it } from 'vitest';
import { consistentSamplerPasses } from './thresholds.ts';

/** As pkg/sampling v0.152.0 itself computes them. */
describe('thresholds of consistent sampling', () => {
  it.each([
    [0.001, 1, 'ffff6000000000'],
    [0.001, 4, 'ffff583a000000'],
    [0.001, 8, 'ffff583a533300'],
    [0.001, 14, 'ffff583a533333'],
    [0.01, 4, 'fff97240000000'],
    [0.1, 4, 'ffbe7700000000'],
    [1, 1, 'fd000000000000'],
    [1, 4, 'fd70a000000000'],
    [1, 8, 'fd70a3d7100000'],
    [1, 14, 'fd70a3d70a3d71'],
    [5, 4, 'f3333000000000'],
    [10, 4, 'e6660000000000'],
    [12.5, 4, 'e0000000000000'],
    [20, 4, 'cccd0000000000'],
    [25, 4, 'c0000000000000'],
    [33.3, 1, 'b0000000000000'],
    [33.3, 4, 'aac10000000000'],
    [33.3, 8, 'aac08333000000'],
    [33.3, 14, 'aac08333333334'],
    [50, 4, '80000000000000'],
    [75, 4, '40000000000000'],
    [90, 4, '199a0000000000'],
    [99, 4, '028f6000000000'],
    [99.9, 4, '00418900000000'],
    [99.99, 1, '00070000000000'],
    [99.99, 4, '00068e10000000'],
    [99.99, 8, '00068e147ae000'],
    [99.99, 14, '00068e147ae148'],
  ])('%s %% of %s digits', (percentage, precision, threshold) => {
    const last = BigInt(`0x${threshold}`);
    const passes = (id: bigint) =>
      consistentSamplerPasses(
        percentage,
        precision,
        id.toString(16).padStart(14, '0').padStart(32, 'f'),
      );
    expect(passes(last)).toBe(true);
    expect(passes(last - 1n)).toBe(false);
  });
});
