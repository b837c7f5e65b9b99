import { describe, expect, it } from 'vitest';
import { figuresMarkdown, ledgerFigures, senderFigures, steadyFigures } from './figures.ts';
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

  it('holds the ledger to time, memory and completeness', () => {
    const ledger = {
      spans: 1_000_000,
      delivered: 1_000_000,
      unexplained: 0,
      altered: 0,
      ingestMs: 20_000,
      judgeMs: 19_000,
      joinMs: 9_000,
      peakBytes: 2 ** 30,
    };
    expect(within(ledgerFigures(ledger))).toEqual([true, true]);
    expect(within(ledgerFigures({ ...ledger, judgeMs: 21_000 }))).toEqual([true, false]);
    expect(within(ledgerFigures({ ...ledger, delivered: 1 }))).toEqual([true, false]);
    expect(within(ledgerFigures({ ...ledger, joinMs: 11_000 }))).toEqual([false, true]);
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
