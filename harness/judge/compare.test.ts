import { describe, expect, it } from 'vitest';
import { compareBuckets, compareChecks, filledBuckets } from './compare.ts';
import type { Accounting, LogAccounting, Verdict } from './types.ts';

const spans: Accounting = {
  planned: 100,
  notOffered: 0,
  refused: 0,
  unseen: 0,
  ended: [],
  filtered: [{ processor: 'agent/filter', spans: 10 }],
  notSampled: { byDropPolicy: { never: 5 }, byNone: 55 },
  delivered: 30,
  lost: [],
  unexplained: 0,
  duplicated: 0,
  altered: 0,
  late: 0,
  indeterminate: 0,
};
const logs: LogAccounting = {
  planned: 20,
  delivered: 20,
  notOffered: 0,
  refused: 0,
  unseen: 0,
  ended: [],
  filtered: [],
  lost: [],
  unexplained: 0,
  duplicated: 0,
  altered: 0,
};
const verdictOf = (over: Partial<Accounting> = {}, ofLogs: Partial<LogAccounting> = {}): Verdict =>
  ({ accounting: { ...spans, ...over }, logs: { ...logs, ...ofLogs } }) as Verdict;

describe('buckets of two runs', () => {
  it('are alike when every count is, whatever the order', () => {
    expect(compareBuckets(verdictOf(), verdictOf())).toEqual([]);
    expect(filledBuckets(verdictOf(), verdictOf())).toBe(7);
  });

  it('differ one by one, those that only one of them has included', () => {
    const lost = [{ hop: 'gateway', cause: 'held-by-killed', spans: 5 }];
    const other = verdictOf(
      { lost, delivered: 30, notSampled: { byDropPolicy: {}, byNone: 55 } },
      { altered: 1 },
    );
    expect(compareBuckets(verdictOf(), other)).toEqual([
      { bucket: 'spans dropped by policy never', left: 5, right: 0 },
      { bucket: 'log records altered', left: 0, right: 1 },
      { bucket: 'spans lost at gateway, held-by-killed', left: 0, right: 5 },
    ]);
  });
});

describe('checks of two runs', () => {
  const of = (checks: object[]): Verdict => ({ checks }) as unknown as Verdict;
  const kept = { name: 'kept', subject: 'error', verdict: 'pass' };
  const load = { name: 'load', subject: '', verdict: 'pass' };

  it('are alike where each came out alike', () => {
    expect(compareChecks(of([kept, load]), of([load, kept]))).toEqual([]);
  });

  it('are compared one by one where one thing is asked twice', () => {
    const failed = { ...kept, verdict: 'fail' };
    expect(compareChecks(of([failed, kept]), of([kept, kept]))).toEqual([
      { check: 'kept error', left: 'fail', right: 'pass' },
    ]);
    expect(compareChecks(of([kept, failed]), of([kept]))).toEqual([
      { check: 'kept error (2)', left: 'fail', right: undefined },
    ]);
  });

  it('are told where one came out otherwise, or was not asked', () => {
    const failed = { ...kept, verdict: 'fail' };
    const other = { ...kept, subject: 'slow' };
    expect(compareChecks(of([kept, other]), of([failed, load]))).toEqual([
      { check: 'kept error', left: 'pass', right: 'fail' },
      { check: 'kept slow', left: 'pass', right: undefined },
      { check: 'load', left: undefined, right: 'pass' },
    ]);
  });
});
