import { describe, expect, it } from 'vitest';
import { tickBehind } from './pauses.ts';
import { type Emission, isDecision, readTicks } from './ticks.ts';

const base = 1_800_000_000_000;
/**
 * Traces that come evenly and are handed on within 80 ms behind the tick that follows their wait.
 */
const emissions = Array.from({ length: 400 }, (_, i) => {
  const enteredMs = base + 370 + i * 25;
  const tick = Math.ceil((enteredMs - base - 370) / 1_000) * 1_000 + base + 370 + 10_000;
  return { enteredMs, emittedMs: tick + 5 + ((i * 7) % 75) };
});

const ticksOf = (handedOn: readonly Emission[], start?: Parameters<typeof readTicks>[1]) =>
  readTicks(
    handedOn.filter((one) => isDecision(one, 10_000)).map(({ emittedMs }) => emittedMs),
    start,
  );

describe('readTicks', () => {
  it('reads phase, end and the last tick off the bursts', () => {
    const ticks = ticksOf(emissions);
    expect(ticks?.phaseMs).toBe(375);
    expect(ticks?.overMs(base + 20_375) ?? 0).toBeLessThan(base + 20_455);
    expect(ticks?.lastTickMs).toBe(base + 375 + 20_000);
    expect(tickBehind(ticks!.phaseMs, [], base + 400, 0)).toBe(base + 1_375);
    expect(tickBehind(ticks!.phaseMs, [], base + 1_375, 0)).toBe(base + 1_375);
  });

  it('is not led astray by late spans that are handed on at any moment', () => {
    const late = emissions.map((e, i) => ({ ...e, emittedMs: e.enteredMs + 14_000 + i * 13 }));
    expect(ticksOf([...emissions, ...late])?.phaseMs).toBe(375);
  });

  it('says nothing where there are too few or no bursts', () => {
    expect(ticksOf(emissions.slice(0, 5))).toBeUndefined();
    const even = emissions.map((e) => ({ ...e, emittedMs: e.enteredMs + 10_500 }));
    expect(ticksOf(even)).toBeUndefined();
  });

  describe('where the log tells when they began', () => {
    const start = { fromMs: base - 4_640, toMs: base - 4_625 };

    it('knows them of a process that handed nothing on', () => {
      const ticks = ticksOf([], start);
      expect(tickBehind(ticks!.phaseMs, [], base, 0)).toBe(base + 375);
      expect(ticks).toMatchObject({ lastTickMs: Number.NEGATIVE_INFINITY, perTick: 0 });
      expect(ticks?.overMs(base + 375)).toBe(base + 675);
    });

    it('reads the end of each tick off its burst, and the last tick, where some are held up', () => {
      const heldUp = emissions.map((e, i) =>
        i % 50 === 0 ? { ...e, emittedMs: e.emittedMs + 500 } : e,
      );
      const ticks = ticksOf(heldUp, start);
      expect(ticks).toMatchObject({ phaseMs: start.toMs, lastTickMs: base + 20_375 });
      expect(ticks?.overMs(base + 12_375)).toBe(base + 12_375 + 550);
      expect(ticks?.overMs(base + 11_375) ?? 0).toBeLessThan(base + 11_455);
    });

    it('a burst may be seen before the moment at which its tick was at the latest', () => {
      const early = emissions.map((e) => ({ ...e, emittedMs: e.emittedMs - 10 }));
      expect(ticksOf(early, start)).toMatchObject({ lastTickMs: base + 20_375 });
    });

    it('does not take it for the clock of what comes at other moments, nor a wide one', () => {
      const even = emissions.map((e) => ({ ...e, emittedMs: e.enteredMs + 10_500 }));
      expect(ticksOf(even, start)).toBeUndefined();
      const wide = { fromMs: start.toMs - 400, toMs: start.toMs };
      expect(ticksOf([], wide)).toBeUndefined();
    });
  });
});
