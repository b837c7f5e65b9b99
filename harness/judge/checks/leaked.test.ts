import { describe, expect, it } from 'vitest';
import type { CanaryFact, Leaks } from '../../evidence/types.ts';
import { loadPipeline } from '../../pipeline/load.ts';
import { files } from '../../pipeline/two-tier.testing.ts';
import { type Signal, signals } from '../../pipeline/types.ts';
import type { LogAccount, WatchedTrace } from '../watch.ts';
import { itemOf, judged, logOf, traceOf } from './accounts.testing.ts';
import { createLeakedCheck } from './leaked.ts';

const pipeline = loadPipeline('two-tier', files, []);
const key = 'http.request.header.authorization';
const recorders = [
  { number: 0, name: 'gateway-0', hop: { tier: 'gateway' }, complete: true },
  { number: 1, name: 'tempo', hop: { backend: 'tempo:4317' }, complete: true },
];
const lives = [{ pod: 'gateway-0', tier: 'gateway', life: 0 }];

interface Case {
  readonly canary?: Partial<CanaryFact>;
  readonly leaks?: Partial<Leaks>;
  readonly evidence?: Record<string, unknown>;
  readonly keys?: string[];
  readonly at?: string;
  readonly signals?: readonly Signal[];
  /** Traces that carry it, how each ended, and whether the policies keep it. */
  readonly carriers?: number;
  readonly ended?: 'delivered' | 'filtered' | 'lost';
  readonly outcome?: 'sampled' | 'not-sampled';
  readonly logs?: number;
  /** What the redactor itself said. */
  readonly words?: string;
}

function judge(one: Case) {
  const { carriers = 20, ended = 'delivered', outcome = 'sampled', logs = 0 } = one;
  const items = Array.from({ length: carriers }, () => itemOf(ended));
  const records = Array.from({ length: logs }, () => itemOf('delivered'));
  const traces: WatchedTrace[] = items.map((item) => traceOf([item], { intent: { outcome } }));
  const carrying = [...items, ...records].map(({ view }) => view.item.item);
  const canary: CanaryFact = {
    place: 'spanAttribute',
    key,
    loadIndex: 0,
    items: carrying,
    points: 0,
    ...one.canary,
  };
  const leaks: Leaks = {
    canaries: [canary],
    found: [],
    recorders: [1],
    logs: [{ pod: 'gateway-0', life: 0 }],
    unreadable: [],
    metricPoints: 0,
    ...one.leaks,
  };
  const facts = { plannedMetricBlocks: 20 };
  const context = {
    pipeline,
    sampling: {},
    backendOf: new Map([[1, 'tempo:4317']]),
    evidence: { leaks, recorders, lives, facts, ...one.evidence },
    spoken: { by: () => (one.words === undefined ? [] : [saying(one.words)]), startMs: 0 },
  } as unknown as Parameters<typeof createLeakedCheck>[1];
  const { keys, at, signals: asked = signals } = one;
  const expectation = { check: 'leaked' as const, spans: 0, keys, at, signals: [...asked] };
  const watched: LogAccount[] = records.map(logOf);
  return judged(createLeakedCheck(expectation, context), traces, watched);
}

const saying = (words: string) => ({
  ...{ pod: 'gateway-0', component: 'attributes/redact', signal: 'traces', words },
  ...{ about: 'set(x, 1)', error: 'boom', fromMs: 2_000, toMs: 2_000, lines: 1 },
});

const seen = { canary: 0, signal: 'traces', recorder: 1, count: 3, first: 9 } as const;

describe('leaked', () => {
  it('passes where twenty went to a backend and none was seen there', async () => {
    expect((await judge({})).verdict).toBe('pass');
  });

  it('says where the statement that should have taken it out failed', async () => {
    const why = async (words: string) =>
      (await judge({ leaks: { found: [seen] }, words })).findings[0]?.why;
    expect(await why('failed to execute statement')).toBe(
      'gateway-0 said so 2.0 s into the load: failed to execute statement: set(x, 1): boom',
    );
    expect(await why('failed to resolve')).toBeUndefined();
  });

  it('fails with the backend, the place, the key and who should have taken it out', async () => {
    const { verdict, findings } = await judge({ leaks: { found: [seen] } });
    expect(verdict).toBe('fail');
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      kind: 'leaked',
      hop: 'gateway→tempo',
      component: 'gateway/attributes/redact',
      count: 3,
    });
    expect(findings[0]?.cause).toContain(`${key} as span attribute, in traces`);
  });

  it('fails whatever else is missing: what was seen was seen', async () => {
    const { verdict } = await judge({ carriers: 0, leaks: { found: [seen], recorders: [] } });
    expect(verdict).toBe('fail');
  });

  it('fails for what a collector wrote, and names the pod', async () => {
    const line = { canary: 0, signal: 'other', pod: 'gateway-0', count: 1, first: 5 } as const;
    const found = [line];
    const { verdict, findings } = await judge({ leaks: { found } });
    expect(verdict).toBe('fail');
    expect(findings[0]).toMatchObject({ kind: 'leaked', hop: 'gateway', component: 'gateway' });
    expect(findings[0]?.cause).toContain('in the log of gateway-0');
    const named = await judge({ leaks: { found: [{ ...line, component: 'debug' }] } });
    expect(named.findings[0]?.component).toBe('gateway/debug');
  });

  it.each<[string, Case]>([
    ['nineteen went to a backend', { carriers: 19 }],
    ['they were lost on the way', { ended: 'lost' }],
    ['a filter took them out', { ended: 'filtered' }],
    ['the policies keep none of their traces', { outcome: 'not-sampled' }],
    ['nobody looked', { evidence: { leaks: undefined } }],
    ['no canary was planned', { leaks: { canaries: [] } }],
    ['a backend’s record was not searched', { leaks: { recorders: [] } }],
    ['a pod’s log was not searched', { leaks: { logs: [] } }],
    [
      'a request could not be read',
      { leaks: { unreadable: [{ recorder: 1, request: 4, why: 'lz4' }] } },
    ],
    [
      'a backend’s record is cut off',
      { evidence: { recorders: recorders.map((own) => ({ ...own, complete: false })) } },
    ],
    ['no point of a metric came', { canary: { place: 'metricLabel', points: 20 } }],
    [
      'too few points carry it',
      { canary: { place: 'exemplar', points: 5 }, leaks: { metricPoints: 40 } },
    ],
    ['no log record came', { canary: { place: 'logBody' } }],
  ])('is unknown where %s, and says so', async (_, one) => {
    const { verdict, findings } = await judge(one);
    expect(verdict).toBe('unknown');
    expect(findings.map(({ kind }) => kind)).toContain('evidence-missing');
  });

  it('counts points and log records where those are meant', async () => {
    const label = { place: 'metricLabel', points: 20 } as const;
    expect((await judge({ canary: label, leaks: { metricPoints: 40 } })).verdict).toBe('pass');
    expect((await judge({ canary: { place: 'logBody' }, logs: 20 })).verdict).toBe('pass');
  });

  it('asks only for the keys that are named', async () => {
    const other = {
      place: 'event',
      key: 'user.token',
      loadIndex: 0,
      items: [],
      points: 0,
    } as const;
    const fact = { place: 'spanAttribute', key, loadIndex: 0, points: 0 } as const;
    const all = { canaries: [{ ...fact, items: [] }, other], found: [{ ...seen, canary: 1 }] };
    expect((await judge({ leaks: all })).verdict).toBe('fail');
    expect((await judge({ leaks: all, keys: ['user.token'] })).verdict).toBe('fail');
    const { verdict, findings } = await judge({ leaks: all, keys: [key] });
    expect(verdict).toBe('unknown');
    expect(findings.map(({ kind }) => kind)).not.toContain('leaked');
  });

  it('of one backend asks what that got alone', async () => {
    const found = [seen];
    expect((await judge({ leaks: { found }, at: 'tempo' })).verdict).toBe('fail');
    const elsewhere = [{ ...seen, recorder: 0 }];
    expect((await judge({ leaks: { found: elsewhere }, at: 'tempo' })).verdict).toBe('pass');
    const line = { canary: 0, signal: 'other', pod: 'gateway-0', count: 1, first: 5 } as const;
    expect((await judge({ leaks: { found: [line] }, at: 'tempo' })).verdict).toBe('pass');
  });

  it('of one backend is unknown where no canary could go there, or its record was not searched', async () => {
    const one = { at: 'tempo', signals: ['logs'] } as const;
    expect(await judge(one)).toMatchObject({
      verdict: 'unknown',
      findings: [{ cause: 'the record knows of no canary that could go there' }],
    });
    expect((await judge({ at: 'tempo', leaks: { recorders: [] } })).verdict).toBe('unknown');
    expect((await judge({ keys: ['another'] })).verdict).toBe('unknown');
  });
});
