import { describe, expect, it } from 'vitest';
import type { Decision } from '../../pipeline/decide.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import { accountStay, type Coming, dueBetween } from './stay.ts';
import { readTicks } from './ticks.ts';

const base = 1_800_000_000_000;
const waitMs = 10_000;
const sampling = { decisionWaitMs: waitMs } as TailSampling;
/** Ticks 400 ms behind each second; twenty kept traces are handed on behind each until 20.4 s. */
const emissions = Array.from({ length: 200 }, (_, i) => {
  const tick = base + 11_400 + Math.floor(i / 20) * 1_000;
  return { enteredMs: tick - 10_500, emittedMs: tick + 5 + (i % 20) };
});
const start = { fromMs: base - 1_605, toMs: base - 1_600 };
const ticks = readTicks(
  emissions.map(({ emittedMs }) => emittedMs),
  start,
);

/** What a process did that was killed with one trace that came this long behind the base. */
function fateOf(cameMs: number, killedMs: number): string {
  const at = base + cameMs;
  const incarnation = { ending: 'killed', life: { endedMs: base + killedMs } };
  const arrival = { kind: 'ok', fromMs: at, toMs: at + 2, incarnation };
  const coming = { item: 1, arrival, unsure: false } as unknown as Coming;
  const due = dueBetween({ fromMs: at, toMs: at + 2 }, waitMs, ticks, []);
  const part = { comings: [coming], evicted: undefined, torn: false, due, soonestMs: due.fromMs };
  const stay = accountStay(part, sampling, ticks, () => ({ outcome: 'not-sampled' }) as Decision);
  return stay.doubts.has('ending') ? 'open' : stay.fate;
}

describe('a process that is killed', () => {
  it.each([
    ['before the tick at which it was due', 10_800, 21_300, 'held'],
    ['just behind that tick, nothing of which was seen', 10_800, 21_430, 'open'],
    ['well behind a tick of which nothing was seen', 10_800, 21_500, 'held'],
    ['when what it kept of that tick was seen', 9_800, 20_500, 'decided'],
    ['in the midst of that burst', 9_800, 20_412, 'open'],
    ['long behind that tick', 8_800, 20_500, 'decided'],
  ])('%s', (_, cameMs, killedMs, fate) => {
    expect(fateOf(cameMs, killedMs)).toBe(fate);
  });
});
