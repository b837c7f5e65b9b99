import { describe, expect, it } from 'vitest';
import {
  figuresMarkdown,
  ledgerFigures,
  predictFigures,
  routesFigures,
  senderFigures,
  steadyFigures,
} from './figures.ts';
import { madeBy } from './senders.ts';

const within = (figures: readonly { readonly isWithin: boolean }[]): boolean[] =>
  figures.map(({ isWithin }) => isWithin);

describe('figures', () => {
  it('weighs a sender by what was delivered', () => {
    const k6 = { sent: 1_000_000, delivered: 1_000_000, cpuMs: 2_900, spansPerRequest: 200 };
    const telemetrygen = { ...k6, delivered: 100_000 };
    const figures = senderFigures(k6, telemetrygen);
    expect(figures.map(({ measured }) => measured)).toEqual([
      '2.9 µs, 1,000,000 of 1,000,000 delivered',
      '29.0 µs, 100,000 of 1,000,000 delivered',
    ]);
    expect(within(figures)).toEqual([true, true]);
    expect(within(senderFigures({ ...k6, cpuMs: 3_100 }, telemetrygen))[0]).toBe(false);
    expect(within(senderFigures({ ...k6, delivered: 999_999 }, telemetrygen))[0]).toBe(false);
  });

  it('holds a run to its bound, and takes no other verdict than pass', () => {
    const steady = {
      verdict: 'pass',
      firstSpanMs: 4_000,
      allReadyMs: 3_000,
      totalMs: 44_000,
      loadMs: 20_000,
      decisionWaitMs: 10_000,
    };
    expect(within(steadyFigures(steady))).toEqual([true, true]);
    expect(within(steadyFigures({ ...steady, totalMs: 45_001 }))).toEqual([true, false]);
    expect(within(steadyFigures({ ...steady, verdict: 'unknown' }))).toEqual([true, false]);
    expect(within(steadyFigures({ ...steady, allReadyMs: 4_001 }))).toEqual([false, true]);
  });

  const ledger = {
    spans: 1_000_000,
    delivered: 1_000_000,
    isPass: true,
    ingestMs: 5_000,
    againMs: 5_000,
    judgeMs: 4_900,
    joinMs: 9_000,
    peakBytes: 2 ** 30,
  };

  it('holds the ledger to time, memory and completeness', () => {
    expect(within(ledgerFigures(ledger))).toEqual([true, true, true]);
    expect(ledgerFigures(ledger)[2]?.measured).toBe('101,010 spans/s');
    expect(within(ledgerFigures({ ...ledger, judgeMs: 5_100 }))).toEqual([true, false, true]);
    expect(within(ledgerFigures({ ...ledger, delivered: 1 }))).toEqual([true, false, true]);
    expect(within(ledgerFigures({ ...ledger, isPass: false }))).toEqual([true, false, true]);
    expect(within(ledgerFigures({ ...ledger, joinMs: 11_000 }))).toEqual([false, true, true]);
    expect(within(ledgerFigures({ ...ledger, peakBytes: 1.6 * 2 ** 30 }))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('holds judging four routes to six times one, without and with the tables', () => {
    const isWithin = (four: Partial<typeof ledger>): boolean[] =>
      within(routesFigures(ledger, { ...ledger, delivered: 4_000_000, ...four }));
    expect(isWithin({ judgeMs: 6 * 4_900, againMs: 29_000 })).toEqual([true]);
    expect(isWithin({ judgeMs: 6 * 4_900 + 1 })).toEqual([false]);
    expect(isWithin({ judgeMs: 6 * 4_900, againMs: 31_000 })).toEqual([false]);
    expect(isWithin({ delivered: 3_999_999 })).toEqual([false]);
  });

  it('holds a prediction to what somebody waits for it', () => {
    const run = { wallMs: 1_900, cpuMs: 1_700, peakBytes: 0, exitCode: 0, output: '' };
    expect(within(predictFigures(run))).toEqual([true]);
    expect(within(predictFigures({ ...run, wallMs: 2_001 }))).toEqual([false]);
    expect(within(predictFigures({ ...run, exitCode: 1 }))).toEqual([false]);
  });

  it('makes a table', () => {
    const figure = { what: 'a', measured: '1 s', bound: '2 s', isWithin: true };
    expect(figuresMarkdown([figure])).toMatch(/\| a \| 1 s \| 2 s \|$/);
  });
});

it('adds up the traces that each worker of telemetrygen says it made', () => {
  const line = (traces: number): string =>
    `2026-11-21T13:00:00Z INFO traces/worker.go:199 traces generated {"worker": 0, "traces": ${traces}}`;
  expect(madeBy(`${line(12)}\nother\n${line(8)}`)).toBe(100);
});
