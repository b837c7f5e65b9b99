import { describe, expect, it } from 'vitest';
import { readTicks, tickBehind } from './ticks.ts';

const base = 1_800_000_000_000;
/**
 * Traces that come evenly and are handed on within 80 ms behind the tick that follows their wait.
 */
const emissions = Array.from({ length: 400 }, (_, i) => {
  const enteredMs = base + 370 + i * 25;
  const tick = Math.ceil((enteredMs - base - 370) / 1_000) * 1_000 + base + 370 + 10_000;
  return { enteredMs, emittedMs: tick + 5 + ((i * 7) % 75) };
});

describe('readTicks', () => {
  it('reads phase, spread and the last tick off the bursts', () => {
    const ticks = readTicks(emissions, 10_000);
    expect(ticks?.phaseMs).toBe(375);
    expect(ticks?.spreadMs).toBeLessThan(80);
    expect(ticks?.lastTickMs).toBe(base + 375 + 20_000);
    expect(tickBehind(ticks!, base + 400)).toBe(base + 1_375);
    expect(tickBehind(ticks!, base + 1_375)).toBe(base + 1_375);
  });

  it('is not led astray by late spans that are handed on at any moment', () => {
    const late = emissions.map((e, i) => ({ ...e, emittedMs: e.enteredMs + 14_000 + i * 13 }));
    expect(readTicks([...emissions, ...late], 10_000)?.phaseMs).toBe(375);
  });

  it('says nothing where there are too few or no bursts', () => {
    expect(readTicks(emissions.slice(0, 5), 10_000)).toBeUndefined();
    const even = emissions.map((e) => ({ ...e, emittedMs: e.enteredMs + 10_500 }));
    expect(readTicks(even, 10_000)).toBeUndefined();
  });
});
