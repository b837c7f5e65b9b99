import { describe, expect, it } from 'vitest';
import type { Limit } from '../../pipeline/evaluate.ts';
import { bucketBreaches } from './bucket-limit.ts';
import type { Passage } from './passages.ts';
import { rateBreaches } from './rate-limit.ts';
import { type Random, randomFrom } from './sampler.testing.ts';

const base = 1_800_000_000_000;

interface Trace {
  readonly size: number;
  readonly atMs: number;
  readonly passed: boolean;
}

/** Traces that are decided tick by tick, in any order, by the collector's own arithmetic. */
function simulate(random: Random, limit: Limit, phaseMs: number): Trace[] {
  let [second, spans, tokens, lastMs] = [-1, 0, limit.of === 'bytes' ? limit.burst : 0, 0];
  const passes = (size: number, atMs: number): boolean => {
    if (limit.of === 'spans') {
      if (Math.floor(atMs / 1_000) !== second) spans = 0;
      second = Math.floor(atMs / 1_000);
      if (spans + size > limit.perSecond) return false;
      spans += size;
      return true;
    }
    tokens = Math.min(limit.burst, tokens + (limit.perSecond * (atMs - lastMs)) / 1_000);
    lastMs = atMs;
    if (size > tokens) return false;
    tokens -= size;
    return true;
  };
  lastMs = base;
  return Array.from({ length: 30 }, (_, tick) => {
    const count = Math.floor(random() * 12);
    // A busy process takes its tick late.
    const lateMs = random() < 0.2 ? random() * 250 : random() * 5;
    return Array.from({ length: count }, (_, i) => {
      const atMs = base + tick * 1_000 + phaseMs + lateMs + i * 0.1;
      const size = 1 + Math.floor(random() * 8);
      return { size, atMs, passed: passes(size, atMs) };
    });
  }).flat();
}

/** As the judge knows it: by a window, and not always how it was answered. */
const seen = (random: Random, traces: readonly Trace[], mute: number): Passage[] =>
  traces.map(({ size, atMs, passed }, i) => ({
    traceId: `${i}`,
    fromMs: atMs - 300 * random(),
    toMs: atMs + 80 * random(),
    least: size,
    most: size,
    passed: random() < mute ? undefined : passed,
  }));

const breachesOf = (limit: Limit, passages: readonly Passage[]) =>
  limit.of === 'spans' ? rateBreaches(limit, passages, []) : bucketBreaches(limit, passages, []);

const limits: Limit[] = [
  { of: 'spans', perSecond: 11 },
  { of: 'bytes', perSecond: 10, burst: 20 },
];

describe.each(limits)('a limit of $of', (limit) => {
  it('is never said to be broken where it was kept', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomFrom(seed);
      const traces = simulate(random, limit, random() * 1_000);
      expect(breachesOf(limit, seen(random, traces, 0.3)), `seed ${seed}`).toEqual([]);
    }
  });

  it('is said to be broken where all is let through, or all is turned away', () => {
    let [tooMuch, tooLittle] = [0, 0];
    for (let seed = 1; seed <= 50; seed++) {
      const random = randomFrom(seed);
      const traces = simulate(random, limit, 100 + random() * 700);
      const all = (passed: boolean) => traces.map((trace) => ({ ...trace, passed }));
      const [open] = breachesOf(limit, seen(random, all(true), 0));
      if (open?.what === 'let more through than it may') tooMuch++;
      const [closed] = breachesOf(limit, seen(random, all(false), 0));
      if (closed?.what === 'turned away what it had room for') tooLittle++;
    }
    expect([tooMuch, tooLittle]).toEqual([50, 50]);
  });

  it('says nothing of what was turned away while others may have asked', () => {
    const turned = { traceId: 'a', fromMs: base, toMs: base + 10, least: 1, most: 1 };
    const one = [{ ...turned, passed: false }];
    expect(breachesOf(limit, one)).toHaveLength(1);
    const window = [{ fromMs: base + 5, toMs: base + 900 }];
    const blind =
      limit.of === 'spans' ? rateBreaches(limit, one, window) : bucketBreaches(limit, one, window);
    expect(blind).toEqual([]);
  });
});
