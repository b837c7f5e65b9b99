import { expect, it } from 'vitest';
import { random } from '../plan/random.ts';
import { answer } from './answer.ts';
import { renderSizeMarkdown } from './report.ts';
import type { BoundSeen, Measurement } from './types.ts';
import type { Window } from './windows.ts';

const stream = random(3, 'noise');
const noisy = (value: number): number => value * (1 + (stream.unit() - 0.5) * 0.04);

const windowAt = (
  spansPerSecond: number,
  purpose: Window['purpose'],
  cores: (perReplica: number) => number,
): Window => ({
  purpose,
  plannedSpansPerSecond: spansPerSecond,
  spansPerSecond,
  cores: noisy(cores(spansPerSecond / 2)),
  memoryMiB: noisy(100 + spansPerSecond / 100),
  throttledShare: 0,
  tracesHeld: 20_000,
  invalid: undefined,
  bad: undefined,
});
const linear = (perReplica: number): number => 0.05 + perReplica / 20_000;
const stairs = [2, 2.5, 3.1, 3.9, 4.9, 6.1, 7.6, 9.5].map((n) => n * 1_000);
const between = [2.2, 2.8, 3.5, 4.1, 5.2, 5.9, 6.6, 7.9, 8.6, 9.1].map((n) => n * 1_000);

const measure = (
  cores: (perReplica: number) => number,
  heldCores: (perReplica: number) => number = cores,
  change: (window: Window) => Window = (window) => window,
): Measurement => ({
  tier: {
    name: 'gateway',
    replicas: 2,
    cpuLimit: 1,
    isRing: true,
    decisionWaitMs: 5_000,
    numTraces: 20_000,
    queueSize: 1_000,
    consumers: 10,
    backend: 'tempo',
  },
  spansPerTrace: 5,
  keptShare: 0.1,
  windows: [
    ...stairs.map((rate) => windowAt(rate, 'fit', cores)),
    ...between.map((rate) => windowAt(rate, 'held', heldCores)),
  ].map(change),
  bounds: [],
  quick: false,
  seed: 1,
  notTested: [],
});
const asked = { spansPerSecond: 18_000, headroom: 0.3, outageMs: 900_000 };

it('sizes for the busiest pod with one down, and no further than was carried', () => {
  const sized = answer(measure(linear), asked);
  expect(sized.refusals).toEqual([]);
  // Even shares would need six, and one more: no ring is that even.
  expect(sized.replicas).toBeGreaterThanOrEqual(7);
  expect(sized.replicas).toBeLessThanOrEqual(9);
  expect(sized.medianError).toBeLessThan(0.05);
  const { outage, numTraces = 0 } = sized;
  expect(outage?.queueSize).toBeGreaterThan(0);
  expect(numTraces / (1.2 * 7 * (outage?.keptPerSecond ?? 0) * 10)).toBeCloseTo(1, 2);
});

it('is refuted by a cost that is not what the stairs showed', () => {
  const bent = measure(linear, (x) => 0.05 + x / 20_000 + (x / 7_000) ** 2 * 0.2);
  expect(answer(bent, asked).refusals.join()).toMatch(/held-out CPU is off|interval covers/);
});

it('proves nothing with a throttled sender', () => {
  const late = measure(linear, linear, (window) => ({ ...window, invalid: 'sender late' }));
  expect(answer(late, asked).refusals.join()).toContain('windows are invalid: sender late');
});

/** A second staircase that finds the knee at a rate. */
const kneeAt = (knee: number): Window[] =>
  [0.9, 0.97, 1.04, 1.12].map((factor) => ({
    ...windowAt(knee * factor, 'knee', linear),
    bad: factor > 1 ? 'a queue was 40 % full' : undefined,
  }));

it('does not take a slow sink for a knee of the CPU', () => {
  const full = (bad: Partial<Window>): Measurement =>
    measure(linear, linear, (window) =>
      window.spansPerSecond > 9_200 ? { ...window, bad: 'a queue was 40 % full', ...bad } : window,
    );
  expect(answer(full({ cores: 0.3 }), asked).refusals.join()).toContain('not for want of CPU');
  const saturated = full({ cores: 0.98, throttledShare: 0.6 });
  expect(answer(saturated, asked).refusals).toEqual(['the knee was not found again']);
  const again = { ...saturated, windows: [...saturated.windows, ...kneeAt(9_000)] };
  expect(answer(again, asked).refusals).toEqual([]);
});

it('does not know the memory of a sampler that was never full', () => {
  const empty = measure(linear, linear, (window) => ({ ...window, tracesHeld: 9_000 }));
  expect(answer(empty, asked).refusals).toEqual([
    'num_traces of 20000 was not filled (9000 traces): what a full one takes is not known',
  ]);
  const untold = measure(linear, linear, (window) => ({ ...window, tracesHeld: undefined }));
  expect(answer(untold, asked).refusals.join()).toContain('not told');
});

it('is refuted by memory that is not what the stairs showed', () => {
  const more = measure(linear, linear, (window) =>
    window.purpose === 'held' ? { ...window, memoryMiB: (window.memoryMiB ?? 0) * 1.4 } : window,
  );
  expect(answer(more, asked).refusals.join()).toContain('held-out peak memory is off');
});

it('goes no further than four times what was sent', () => {
  const far = answer(measure(linear), { ...asked, spansPerSecond: 60_000 });
  expect(far.refusals.join()).toContain('outside the evidence');
});

it('does not trust a knee that is found elsewhere the second time', () => {
  const { windows, ...first } = measure(linear, linear, (window) =>
    window.spansPerSecond > 9_200 ? { ...window, bad: 'refused 40 spans/s', cores: 0.98 } : window,
  );
  const found = (knee: number) =>
    answer({ ...first, windows: [...windows, ...kneeAt(knee)] }, asked);
  expect(found(8_600)).toMatchObject({ refusals: [] });
  expect(found(7_000).refusals.join()).toMatch(/knee was found again 2\d % off/);
});

it('takes wider errors of a quick one, and says which', () => {
  const bent = measure(linear, (x) => linear(x) * 1.125);
  expect(answer(bent, asked).refusals.join()).toContain('off by 12 % (median; at most 10 %)');
  expect(answer({ ...bent, quick: true }, asked).refusals.join()).not.toContain('median');
});

it('is not proved where the queue does not do as its law says', () => {
  const seen = (side: 'within' | 'beyond', lostSpans: number): BoundSeen => ({
    side,
    outageMs: side === 'within' ? 15_000 : 27_000,
    survivesMs: 20_000,
    spansPerSecond: 5_000,
    lostSpans,
    droppedSpans: lostSpans,
    unknown: undefined,
  });
  const of = (...bounds: BoundSeen[]) => answer({ ...measure(linear), bounds }, asked).refusals;
  expect(of(seen('within', 0), seen('beyond', 400))).toEqual([]);
  expect(of(seen('within', 3), seen('beyond', 400)).join()).toContain('15.0 s where');
  expect(of(seen('within', 0), seen('beyond', 0)).join()).toContain('27.0 s where');
  const late = { ...seen('within', 0), unknown: 'the sender was late' };
  expect(of(late, seen('beyond', 400)).join()).toContain('the sender was late');
});

it('says what it was held to, and what was not found', () => {
  const told = (quick: boolean): string => {
    const measurement = { ...measure(linear), quick };
    return renderSizeMarkdown(measurement, asked, answer(measurement, asked));
  };
  expect(told(false)).toMatch(/^Sized\.$/m);
  expect(told(true)).toMatch(/^Sized, .*wider errors \(--quick\)\.$/m);
  expect(told(true)).toContain('No knee was found again');
});

it('fits by what the scout saw carried as well, and by nothing of it above the knee', () => {
  const few = measure(linear, linear, (window) =>
    window.purpose === 'fit' && window.spansPerSecond < 7_000
      ? { ...window, invalid: 'not sampled' }
      : window,
  );
  const scouted = (cores: (perReplica: number) => number): Measurement => ({
    ...few,
    windows: [
      ...[1_000, 2_000, 4_000, 8_000, 16_000].map((rate) => windowAt(rate, 'scout', cores)),
      ...few.windows,
    ],
  });
  expect(answer(few, asked).cpuFit).toBeUndefined();
  expect(answer(scouted(linear), asked).cpuFit?.slope).toBeCloseTo(1 / 20_000, 5);
  const wildAbove = scouted((x) => linear(x) * (x > 7_000 ? 9 : 1));
  expect(answer(wildAbove, asked).cpuFit?.slope).toBeCloseTo(1 / 20_000, 5);
});
