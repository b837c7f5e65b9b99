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
      [1, [{ enteredMs: 0, evicted: { fromMs: 30, toMs: 31 } }]],
      [2, [{ enteredMs: 10, evicted: { fromMs: 5_000, toMs: 5_001 } }]],
    ]);
  });

  it('keeps all while there is room', () => {
    expect(replayEvictions(at([1, 0], [2, 10]), settings).size).toBe(0);
  });

  it('takes an evicted trace that comes back for a new one', () => {
    const stays = replayEvictions(at([1, 0], [2, 10], [3, 30], [1, 40]), settings);
    expect(stays.get(1)).toEqual([
      { enteredMs: 0, evicted: { fromMs: 30, toMs: 31 } },
      { enteredMs: 40, evicted: undefined },
    ]);
    expect(stays.get(2)).toEqual([{ enteredMs: 10, evicted: { fromMs: 40, toMs: 41 } }]);
  });

  it('leaves open what hangs on the order of requests that were taken at once', () => {
    const arrivals = [
      { trace: 1, fromMs: 0, toMs: 10 },
      { trace: 2, fromMs: 5, toMs: 15 },
      { trace: 3, fromMs: 100, toMs: 110 },
    ];
    const evicted = { fromMs: 100, toMs: Number.POSITIVE_INFINITY };
    const stays = replayEvictions(arrivals, settings);
    expect(stays.get(1)).toEqual([{ enteredMs: 0, evicted }]);
    expect(stays.get(2)).toEqual([{ enteredMs: 5, evicted }]);
    expect(stays.has(3)).toBe(false);
  });

  it('does not know the order of the traces of one request', () => {
    const together = [1, 2].map((trace) => ({ trace, fromMs: 0, toMs: 10 }));
    const stays = replayEvictions([...together, { trace: 3, fromMs: 100, toMs: 110 }], settings);
    const evicted = { fromMs: 100, toMs: Number.POSITIVE_INFINITY };
    expect([...stays]).toEqual([
      [1, [{ enteredMs: 0, evicted }]],
      [2, [{ enteredMs: 0, evicted }]],
    ]);
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
