import { describe, expect, it } from 'vitest';
import { sumOf } from '../accounting.ts';
import type { JudgedLane } from '../judge-lane.ts';
import type { Accounting, CheckResult, Finding } from '../types.ts';
import { mergeAccounts, mergeResults, routesOf } from './merge.ts';

const account = (over: Partial<Accounting> = {}): Accounting => ({
  planned: 100,
  notOffered: 0,
  refused: 0,
  unseen: 0,
  filtered: [],
  ended: [],
  notSampled: { byDropPolicy: {}, byNone: 0 },
  delivered: 100,
  lost: [],
  unexplained: 0,
  duplicated: 0,
  altered: 0,
  late: 0,
  indeterminate: 0,
  ...over,
});
const finding = (over: Partial<Finding> = {}): Finding => ({
  kind: 'dropped-by-exporter',
  hop: 'gateway→tempo',
  component: 'gateway/otlp',
  cause: 'spans',
  count: 3,
  window: null,
  examples: [],
  fix: '',
  ...over,
});
const result = (over: Partial<CheckResult> = {}): CheckResult => ({
  name: 'lost',
  subject: '',
  verdict: 'pass',
  expected: 'none',
  observed: '0 spans',
  findings: [],
  ...over,
});
function lane(
  name: string,
  {
    spans = account(),
    results = [result()],
    behind,
    goesOn = false,
    counts = ['traces', 'logs', 'metrics'],
    ofNothing = new Set(),
  }: Partial<JudgedLane> & { behind?: string; goesOn?: boolean; counts?: string[] } = {},
): JudgedLane {
  return {
    lane: { name, behind, goesOn, counts: new Set(counts) },
    spans,
    results,
    ofNothing,
    logs: { planned: 10, delivered: 10 },
    metricPoints: { planned: 2, delivered: 2 },
    decisions: { predicted: 1, compared: 5, wrong: 0 },
  } as unknown as JudgedLane;
}

describe('results of several lines', () => {
  it('are one where they say the same', () => {
    expect(mergeResults([lane('tempo'), lane('archive')])).toEqual([result()]);
  });

  it('are the worst of them, each told by its end', () => {
    const failed = result({ verdict: 'fail', observed: '3 spans', findings: [finding()] });
    const [merged] = mergeResults([lane('tempo'), lane('archive', { results: [failed] })]);
    expect(merged).toMatchObject({
      verdict: 'fail',
      observed: 'tempo: 0 spans; archive: 3 spans',
      findings: [{ count: 3 }],
    });
  });

  it('tell once what befell items before their ways parted', () => {
    const shared = (count: number) =>
      result({ verdict: 'fail', findings: [finding({ count, hop: 'agent→gateway' })] });
    const [merged] = mergeResults([
      lane('tempo', { results: [shared(2)] }),
      lane('archive', { results: [shared(5)] }),
    ]);
    expect(merged?.findings.map(({ count }) => count)).toEqual([5]);
  });

  it('keep what one line alone was asked', () => {
    const kept = result({ name: 'kept', subject: 'error' });
    expect(mergeResults([lane('tempo', { results: [kept] }), lane('archive')])).toHaveLength(2);
  });
});

describe('a class of which nothing goes one way', () => {
  const none = result({
    name: 'kept',
    subject: 'error',
    verdict: 'unknown',
    observed: '0 of 0 traces whole at the backend (0 %)',
    findings: [finding({ kind: 'evidence-missing', hop: 'checks' })],
  });

  it('is answered for by another, and unknown where none does', () => {
    const kept = result({ name: 'kept', subject: 'error', observed: '9 of 9 traces' });
    const ofNone = { results: [none], ofNothing: new Set([none]) };
    const [answered] = mergeResults([lane('a', ofNone), lane('b', { results: [kept] })]);
    expect(answered).toEqual(kept);
    const [open] = mergeResults([lane('a', ofNone), lane('b', ofNone)]);
    expect(open?.verdict).toBe('unknown');
  });
});

describe('accounts of several lines', () => {
  const elsewhere = [{ processor: 'gateway/routing', spans: 60 }];

  it('add up to the plan, each by itself and in sum', () => {
    const judged = [
      lane('a', { spans: account({ delivered: 40, routedElsewhere: elsewhere }) }),
      lane('b', { spans: account({ lost: [{ hop: 'x', cause: 'y', spans: 1 }], delivered: 99 }) }),
    ];
    const { accounting, logs } = mergeAccounts(judged);
    expect(accounting).toMatchObject({ planned: 200, delivered: 139, routedElsewhere: elsewhere });
    expect(sumOf(accounting)).toBe(200);
    expect(logs).toMatchObject({ planned: 20 });
    expect(routesOf(judged).map(({ to }) => to)).toEqual(['a', 'b']);
  });

  it('count a signal once where it is watched again', () => {
    const { logs } = mergeAccounts([lane('a'), lane('b', { counts: ['traces'] })]);
    expect(logs).toMatchObject({ planned: 10 });
  });

  it('go on behind a sampler with what it handed on', () => {
    const notSampled = (byNone: number) => ({ byDropPolicy: {}, byNone });
    const parts = [
      lane('core', {
        spans: account({ delivered: 60, notSampled: notSampled(40) }),
        goesOn: true,
        counts: ['traces'],
      }),
      lane('tempo', {
        spans: account({ planned: 60, delivered: 20, notSampled: notSampled(40) }),
        behind: 'core',
      }),
    ];
    const [route, ...others] = routesOf(parts);
    expect(others).toEqual([]);
    expect(route).toMatchObject({
      to: 'tempo',
      accounting: { planned: 100, delivered: 20, notSampled: { byNone: 80 } },
    });
    expect(sumOf(route?.accounting as Accounting)).toBe(100);
  });
});
