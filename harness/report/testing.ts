import type { Timeline } from '../judge/timeline.ts';
import type { CheckResult, Finding, Verdict } from '../judge/types.ts';

/** Small hand-made results for the tests of the reports. */

export const finding = (over: Partial<Finding> = {}): Finding => ({
  kind: 'held-by-killed',
  hop: 'gateway',
  component: 'gateway',
  cause: 'spans',
  count: 3,
  window: { fromMs: 1_000_100, toMs: 1_002_600 },
  examples: [{ traceId: 'aa'.repeat(16), spanId: 'bb'.repeat(8), note: 'killed <first>' }],
  fix: 'a persistent queue',
  ...over,
});

export const check = (over: Partial<CheckResult> = {}): CheckResult => ({
  name: 'lost',
  subject: '',
  verdict: 'pass',
  expected: 'at most 0 spans',
  observed: '0 spans',
  findings: [],
  ...over,
});

export const verdict = (over: Partial<Verdict> = {}): Verdict => ({
  scenario: 'small',
  pipeline: 'two-tier',
  runtime: 'embedded',
  seed: 7,
  planHash: 'c0ffee'.repeat(10),
  verdict: 'pass',
  checks: [check(), check({ name: 'kept', subject: 'error' })],
  accounting: {
    planned: 100,
    notOffered: 0,
    refused: 0,
    unseen: 0,
    filtered: [{ processor: 'agent/filter/health', spans: 10 }],
    notSampled: { byDropPolicy: { never: 5 }, byNone: 60 },
    ended: [],
    delivered: 22,
    lost: [{ hop: 'gateway', cause: 'held-by-killed', spans: 3 }],
    unexplained: 0,
    duplicated: 0,
    altered: 0,
    late: 0,
    indeterminate: 0,
  },
  logs: {
    planned: 8,
    delivered: 8,
    ended: [],
    notOffered: 0,
    refused: 0,
    unseen: 0,
    filtered: [],
    lost: [],
    unexplained: 0,
    duplicated: 0,
    altered: 0,
  },
  metricPoints: {
    planned: 6,
    delivered: 6,
    ended: [],
    notOffered: 0,
    refused: 0,
    unseen: 0,
    filtered: [],
    lost: [],
    unexplained: 0,
  },
  decisions: { predicted: 5, compared: 20, wrong: 0 },
  receipts: [
    {
      fault: 0,
      kind: 'kill',
      target: 'gateway/1',
      pod: 'gateway-collector-1',
      injectedMs: 1_001_000,
      healedMs: 1_002_200,
      bit: true,
      proof: { exitCode: 137 },
    },
  ],
  fidelity: ['no node pressure'],
  versions: { 'otelcol-contrib': '0.152.0' },
  rerun: 'npm run scenario -- small --seed 7',
  timings: { total: 12_345 },
  ...over,
});

/** Ten buckets from epoch millisecond 1,000,000 on. */
export const timeline = (over: Partial<Timeline> = {}): Timeline => {
  const none = Array.from({ length: 10 }, () => 0);
  const at = (index: number, count: number) => none.map((_, i) => (i === index ? count : 0));
  return {
    startMs: 1_000_000,
    loadMs: 3_000,
    endMs: 4_600,
    bucketMs: 500,
    sent: { acked: at(1, 100), refused: none, unknown: none, notSent: none },
    delivered: at(8, 22),
    decisions: { kept: at(8, 5), notKept: at(8, 15), open: none },
    lost: [{ hop: 'gateway', cause: 'held-by-killed', spans: at(2, 3) }],
    faults: [
      {
        kind: 'kill',
        target: 'gateway/1',
        pod: 'gateway-collector-1',
        fromMs: 1_000,
        toMs: 2_200,
        bit: true,
      },
    ],
    lives: [
      life('gateway-collector-0', -900, null, 'running'),
      life('gateway-collector-1', -900, 1_010, 'fault'),
      life('gateway-collector-1', 2_000, null, 'running'),
    ],
    flows: [
      {
        signal: 'traces',
        stations: ['load', 'agent', 'gateway', 'tempo'],
        planned: 100,
        branches: [
          { at: 2, kind: 'notSampled', cause: '', items: 60 },
          { at: 1, kind: 'filtered', cause: 'agent/filter/health', items: 10 },
          { at: 2, kind: 'notSampled', cause: 'never', items: 5 },
          { at: 2, kind: 'lost', cause: 'held-by-killed', items: 3 },
        ],
      },
      { signal: 'logs', stations: ['load', 'agent', 'loki'], planned: 8, branches: [] },
    ],
    ...over,
  };
};

function life(
  pod: string,
  fromMs: number,
  toMs: number | null,
  ending: Timeline['lives'][number]['ending'],
): Timeline['lives'][number] {
  return { pod, tier: 'gateway', fromMs, readyMs: fromMs + 200, toMs, ending, oomKilled: false };
}
