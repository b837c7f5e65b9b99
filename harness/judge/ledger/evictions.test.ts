import { describe, expect, it } from 'vitest';
import { replayEvictions } from './evictions.ts';

/** Arrivals that do not overlap: trace, and when. */
const at = (...pairs: [number, number][]) =>
  pairs.map(([trace, fromMs]) => ({ trace, fromMs, toMs: fromMs + 1 }));
const settings = { numTraces: 2, decisionWaitMs: 1_000, cachesDecisions: false };

describe('replayEvictions', () => {
  it('pushes the oldest out when a new trace needs its place, decided or not', () => {
    const stays = replayEvictions(at([1, 0], [2, 10], [1, 20], [3, 30], [4, 5_000]), settings);
    expect([...stays]).toEqual([
      [1, [{ enteredMs: 0, evictedMs: 30, open: false }]],
      [2, [{ enteredMs: 10, evictedMs: 5_000, open: false }]],
    ]);
  });

  it('keeps all while there is room', () => {
    expect(replayEvictions(at([1, 0], [2, 10]), settings).size).toBe(0);
  });

  it('takes an evicted trace that comes back for a new one', () => {
    const stays = replayEvictions(at([1, 0], [2, 10], [3, 30], [1, 40]), settings);
    expect(stays.get(1)).toEqual([
      { enteredMs: 0, evictedMs: 30, open: false },
      { enteredMs: 40, evictedMs: undefined, open: false },
    ]);
    expect(stays.get(2)).toEqual([{ enteredMs: 10, evictedMs: 40, open: false }]);
  });

  it('leaves open what hangs on the order of requests that were taken at once', () => {
    const arrivals = [
      { trace: 1, fromMs: 0, toMs: 10 },
      { trace: 2, fromMs: 5, toMs: 15 },
      { trace: 3, fromMs: 100, toMs: 110 },
    ];
    const stays = replayEvictions(arrivals, settings);
    expect(stays.get(1)).toEqual([{ enteredMs: 0, evictedMs: 100, open: true }]);
    expect(stays.get(2)).toEqual([{ enteredMs: 5, evictedMs: undefined, open: true }]);
    expect(stays.has(3)).toBe(false);
  });

  it('knows the order within one request', () => {
    const together = [1, 2].map((trace) => ({ trace, fromMs: 0, toMs: 10 }));
    const stays = replayEvictions([...together, { trace: 3, fromMs: 100, toMs: 110 }], settings);
    expect([...stays]).toEqual([[1, [{ enteredMs: 0, evictedMs: 100, open: false }]]]);
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
