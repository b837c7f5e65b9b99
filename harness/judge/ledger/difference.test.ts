import { describe, expect, it } from 'vitest';
import type { ItemAccount, TraceAccount } from './account.ts';
import type { JudgeContext } from './context.ts';
import { differenceOf } from './difference.ts';
import { givenUp } from './held.ts';
import type { StayAccount } from './stay.ts';

const context = {
  paths: { traces: { steps: [{ tier: { name: 'gateway' } }] } },
  samplerStep: 0,
  sampling: {
    component: { id: 'tail_sampling', config: {}, place: { file: 'gateway.yaml', line: 9 } },
    maximumTraceSizeBytes: 500,
  },
  incarnations: { outages: [], joins: [] },
  spoken: { by: () => [], startMs: 0 },
  pipeline: { tiers: [] },
} as unknown as JudgeContext;

const spans = [1, 2].map((item) => ({
  view: { item: { item, late: false }, arrivals: [[{ kind: 'ok', fromMs: 0, toMs: 1 }]] },
  bucket: { kind: 'notSampled' },
})) as unknown as ItemAccount[];

const causeOf = (stay: Partial<StayAccount>): string => {
  const own = {
    fate: 'decided',
    ambiguous: false,
    doubts: new Set(),
    late: new Set<number>(),
    mayForget: false,
    incarnation: { key: 'gateway-0', tier: 'gateway', life: { pod: 'gateway-0' } },
    ...stay,
  } as unknown as StayAccount;
  const account = { intent: { outcome: 'sampled' }, stays: [own], spans };
  return differenceOf(context, account as unknown as TraceAccount).cause;
};
/** A trace of which one span was refused by the gateway at first, and came after the decision. */
const lateAfter = (message: string): TraceAccount => {
  const life = { pod: 'gateway-0' };
  const stay = {
    fate: 'decided',
    ambiguous: false,
    doubts: new Set(),
    late: new Set([2]),
    incarnation: { key: 'gateway-0', tier: 'gateway', life },
    decision: { outcome: 'not-sampled' },
  };
  const taken = { kind: 'ok', fromMs: 0, toMs: 1, message: '' };
  const refusal = { kind: 'refused', fromMs: 0, toMs: 1, message };
  const gone = [[taken], [refusal, taken]].map((behind, at) => ({
    view: { item: { item: at + 1, late: false }, arrivals: [[taken], behind] },
    bucket: { kind: 'notSampled' },
  }));
  const account = { intent: { outcome: 'sampled' }, stays: [stay], spans: gone };
  return account as unknown as TraceAccount;
};
/** Of a trace whose spans went to two gateways, by how the agents find them and what was away. */
const partedCause = (config: object, outage: { fromMs: number; toMs: number }): string => {
  const exporter = { id: 'loadbalancing', config };
  const output = { to: { tier: 'gateway' }, loadBalancing: true, exporter };
  const stays = ['gateway-0', 'gateway-1'].map((pod) => ({
    fate: 'decided',
    doubts: new Set(),
    late: new Set(),
    incarnation: { key: pod, tier: 'gateway', life: { pod } },
  }));
  const around = {
    ...context,
    pipeline: { tiers: [{ name: 'agent', outputs: [output] }] },
    incarnations: { outages: [{ tier: 'gateway', endedMs: outage.fromMs, ...outage }], joins: [] },
  } as unknown as JudgeContext;
  const account = { intent: { outcome: 'sampled' }, stays, spans };
  return differenceOf(around, account as unknown as TraceAccount).cause;
};
const decision = (outcome: 'sampled' | 'not-sampled') =>
  ({ outcome }) as unknown as StayAccount['decision'];

describe('a trace that its policies keep and that was not kept', () => {
  it('was decided before it was complete when spans came later', () => {
    const late = new Set([2]);
    expect(causeOf({ late, decision: decision('not-sampled') })).toBe('decided-before-complete');
  });

  it('was so too when spans came at that moment and what was there before says it', () => {
    const open = { ambiguous: true, decision: decision('not-sampled') };
    expect(causeOf(open)).toBe('decided-before-complete');
  });

  it('leaves the cause open when what was there says otherwise, but may have been gone', () => {
    expect(causeOf({ ambiguous: true, decision: decision('sampled') })).toBe('evidence-missing');
  });

  it('was pushed out when it may have been, before it was complete or decided', () => {
    for (const outcome of ['sampled', 'not-sampled'] as const) {
      const doubts: StayAccount['doubts'] = new Set(['eviction']);
      const torn = { ambiguous: true, doubts, decision: decision(outcome) };
      expect(causeOf(torn)).toBe('evicted-before-decision');
    }
  });

  it('was changed on its way when what came is rightly not kept', () => {
    expect(causeOf({ decision: decision('not-sampled') })).toBe('altered');
  });

  it('was given up by its size, whatever its size was planned to be', () => {
    expect(causeOf({ decision: givenUp })).toBe('promise-not-configured');
  });

  it('was cut in two by whoever refused a part, in its own words, until the decision', () => {
    const place = { file: 'gateway.yaml', line: 4 };
    const type = 'memory_limiter';
    const limiter = { id: type, type, config: { limit_mib: 90 }, place, places: new Map() };
    const traces = { signal: 'traces', processors: [limiter] };
    const gateway = { name: 'gateway', pipelines: [traces] };
    const causeBehind = (message: string, outages: object[] = []) =>
      differenceOf(
        {
          ...context,
          paths: { traces: { steps: [{ tier: { name: 'agent' } }, { tier: gateway }] } },
          samplerStep: 1,
          incarnations: { outages, joins: [] },
        } as unknown as JudgeContext,
        lateAfter(message),
      );
    const refused = causeBehind('data refused due to high memory usage');
    expect(refused).toMatchObject({
      cause: 'split-by-refusal',
      component: 'gateway/memory_limiter',
      why: expect.stringContaining('limit_mib: 90'),
    });
    const away = { tier: 'gateway', fromMs: -9_000, endedMs: -9_000, toMs: 4_000 };
    expect(causeBehind('connection refused').cause).toBe('split-by-outage');
    expect(causeBehind('data refused due to high memory usage', [away]).cause).toBe(
      'split-by-outage',
    );
  });

  it('was parted by an outage until the dns resolver had asked again', () => {
    const dns = { resolver: { dns: { hostname: 'gateway' } } };
    const k8s = { resolver: { k8s: { service: 'gateway' } } };
    const outage = { fromMs: -9_000, toMs: -3_000 };
    expect(partedCause(dns, outage)).toBe('split-by-outage');
    expect(partedCause(k8s, outage)).toBe('trace-split-across-gateways');
  });

  it('was parted by a list of pods that was older than need be', () => {
    const ring = (interval: string) => ({ resolver: { dns: { hostname: 'gateway', interval } } });
    const outage = { fromMs: -19_000, toMs: -13_000 };
    expect(partedCause(ring('30s'), outage)).toBe('stale-ring');
    expect(partedCause(ring('10s'), outage)).toBe('trace-split-across-gateways');
    // Until any resolver left as it comes knew, it is the outage's doing.
    expect(partedCause(ring('30s'), { fromMs: -9_000, toMs: -3_000 })).toBe('split-by-outage');
  });

  it('was decided wrongly when all of it was there for certain', () => {
    expect(causeOf({ decision: decision('sampled') })).toBe('wrong-decision');
  });
});

describe('a trace of which a request was not answered', () => {
  const causeFor = (kind: string, entry: object) => {
    const view = { item: { item: 1, late: false }, arrivals: [[entry]] };
    const account = {
      intent: { outcome: 'sampled' },
      stays: [],
      spans: [{ view, bucket: { kind, message: 'status 503' } }],
    };
    return differenceOf(context, account as unknown as TraceAccount).cause;
  };
  const agent = (ending: string) => ({
    ending,
    life: { pod: 'agent-0', readyMs: 1_000, endedMs: 5_000 },
  });
  const sent = { kind: 'maybe', fromMs: 4_900, toMs: 5_010, incarnation: agent('killed') };

  it('was turned away where the process that had it was killed', () => {
    expect(causeFor('unseen', sent)).toBe('refused-at-entry');
    expect(causeFor('refused', { ...sent, kind: 'refused' })).toBe('refused-at-entry');
  });

  it('was so too where that process was still starting', () => {
    const life = { pod: 'agent-0', readyMs: 4_950 };
    const early = { ...sent, incarnation: { ending: 'running', life } };
    expect(causeFor('unseen', early)).toBe('refused-at-entry');
    const later = { ...early, fromMs: 4_960 };
    expect(causeFor('unseen', later)).toBe('load-not-offered');
    const never = { ...later, incarnation: { ending: 'running', life: { pod: 'agent-0' } } };
    expect(causeFor('unseen', never)).toBe('refused-at-entry');
  });

  it('else was not offered as planned', () => {
    expect(causeFor('unseen', { ...sent, incarnation: agent('running') })).toBe('load-not-offered');
    expect(causeFor('unseen', { ...sent, toMs: 4_930 })).toBe('load-not-offered');
    expect(causeFor('notOffered', { ...sent, incarnation: undefined })).toBe('load-not-offered');
  });
});

describe('a trace of which spans were on their way when the bench stopped', () => {
  const cut = { ...spans[0], bucket: { kind: 'unexplained', hop: 'x', open: 'still-retrying' } };
  const causeWith = (other: object): string => {
    const account = { intent: { outcome: 'sampled' }, stays: [], spans: [cut, other] };
    return differenceOf(context, account as unknown as TraceAccount).cause;
  };

  it('is open, unless another span is lost whatever becomes of them', () => {
    expect(causeWith({ ...spans[1], bucket: { kind: 'delivered' } })).toBe('still-retrying');
    const lost = { kind: 'lost', cause: 'dropped-by-exporter', hop: 'y' };
    expect(causeWith({ ...spans[1], bucket: lost })).toBe('dropped-by-exporter');
  });
});
