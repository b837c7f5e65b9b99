import { expect, it } from 'vitest';
import { idleSeconds, type Step } from './schedule.ts';
import { type Measured, windowsOf } from './windows.ts';

const steps: Step[] = [
  { purpose: 'fit', spansPerSecond: 1_000, forSeconds: 20 },
  { purpose: 'fit', spansPerSecond: 2_000, forSeconds: 20 },
];
const buckets = (of: (second: number) => number): number[] =>
  Array.from({ length: (idleSeconds + 40) * 2 }, (_, i) => of(i / 2 - idleSeconds));
const sent = buckets((second) => (second < 0 ? 0 : second < 20 ? 500 : 1_000));
const none = buckets(() => 0);
const samples = Array.from({ length: (idleSeconds + 40) * 4 }, (_, i) => {
  const second = i / 4 - idleSeconds;
  const busy = Math.max(0, Math.min(second, 20)) * 100 + Math.max(0, second - 20) * 200;
  return { atMs: 5_000 + i * 250, pod: 'a', life: 0, cpuMs: busy, memoryBytes: 2 ** 26 };
});
const measured: Measured = {
  startMs: 5_000,
  bucketMs: 500,
  sent,
  notSent: none,
  refused: none,
  lost: none,
  samples,
  senderCores: 0.3,
  unknown: undefined,
  failedBy: 'gateway/otlp: sending queue is full',
};

it('takes each step’s own rate and time', () => {
  const [first, second] = windowsOf(measured, steps);
  expect(first).toMatchObject({ spansPerSecond: 1_000, invalid: undefined, bad: undefined });
  expect(first?.cores).toBeCloseTo(0.1);
  expect(second?.cores).toBeCloseTo(0.2);
  expect(second?.memoryMiB).toBe(64);
});

it('waits until a step’s own traces are decided and on their way', () => {
  const busyOnceDecided = measured.samples.map((sample) => {
    const second = (sample.atMs - measured.startMs) / 1_000 - idleSeconds;
    return { ...sample, cpuMs: Math.max(0, second - 12) * 100 };
  });
  const [first] = windowsOf({ ...measured, samples: busyOnceDecided }, steps, 10_000);
  expect(first?.cores).toBeCloseTo(0.1);
  const [early] = windowsOf({ ...measured, samples: busyOnceDecided }, steps);
  expect(early?.cores).toBeLessThan(0.09);
});

it('does not blame the pipeline for a throttled sender', () => {
  const slow = { ...measured, sent: sent.map((n) => Math.min(n, 700)) };
  expect(windowsOf(slow, steps).map(({ invalid }) => invalid)).toEqual([
    undefined,
    'sent 1400 instead of 2000 spans/s',
  ]);
  const busy = windowsOf({ ...measured, senderCores: 0.9 }, steps);
  expect(busy.every(({ invalid }) => invalid !== undefined)).toBe(true);
});

it('knows nothing without samples', () => {
  const [first] = windowsOf({ ...measured, samples: [] }, steps);
  expect(first).toMatchObject({ invalid: 'not sampled', cores: undefined });
});

it('finds loss and refusal in their own window only', () => {
  const lost = buckets((second) => (second === 30 ? 60 : 0));
  const windows = windowsOf({ ...measured, lost }, steps);
  expect(windows.map(({ bad }) => bad)).toEqual([undefined, 'lost 4 spans/s']);
  expect(windows.map(({ badBy }) => badBy)).toEqual([undefined, measured.failedBy]);
});

it('does not charge a step with what the next one’s overload lost of its last traces', () => {
  const lost = buckets((second) => (second === 15 ? 60 : 0));
  const badOf = (decisionWaitMs: number) =>
    windowsOf({ ...measured, lost }, steps, decisionWaitMs).map(({ bad }) => bad);
  // Decided at 25, in the second step; by its window, which begins at 32, nothing is lost any more.
  expect(badOf(10_000)).toEqual([undefined, undefined]);
  expect(badOf(0)).toEqual(['lost 4 spans/s', undefined]);
  const later = buckets((second) => (second === 25 ? 60 : 0));
  expect(windowsOf({ ...measured, lost: later }, steps, 10_000)[1]?.bad).toBe('lost 8 spans/s');
});
