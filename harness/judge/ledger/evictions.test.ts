import { describe, expect, it } from 'vitest';
import { replayEvictions } from './evictions.ts';

const at = (...pairs: [number, number][]) => pairs.map(([trace, atMs]) => ({ trace, atMs }));
const settings = { numTraces: 2, decisionWaitMs: 1_000, cachesDecisions: false };

describe('replayEvictions', () => {
  it('pushes the oldest out when a new trace needs its place, decided or not', () => {
    const stays = replayEvictions(at([1, 0], [2, 10], [1, 20], [3, 30], [4, 5_000]), settings);
    expect([...stays]).toEqual([
      [1, [{ enteredMs: 0, evictedMs: 30 }]],
      [2, [{ enteredMs: 10, evictedMs: 5_000 }]],
      [3, [{ enteredMs: 30, evictedMs: undefined, open: true }]],
    ]);
  });

  it('leaves nothing open while there is room', () => {
    expect(replayEvictions(at([1, 0]), settings).size).toBe(0);
  });

  it('takes an evicted trace that comes back for a new one', () => {
    const stays = replayEvictions(at([1, 0], [2, 10], [3, 30], [1, 40]), settings);
    expect(stays.get(1)).toEqual([
      { enteredMs: 0, evictedMs: 30 },
      { enteredMs: 40, evictedMs: undefined, open: true },
    ]);
    expect(stays.get(2)).toEqual([{ enteredMs: 10, evictedMs: 40 }]);
  });

  it('makes room by decisions where both caches remember them', () => {
    const cachesDecisions = true;
    const stays = replayEvictions(at([1, 0], [2, 10], [3, 3_000]), {
      ...settings,
      cachesDecisions,
    });
    expect(stays.size).toBe(0);
  });
});
