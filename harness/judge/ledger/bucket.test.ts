import { describe, expect, it } from 'vitest';
import type { ItemFacts } from '../model/item-facts.ts';
import type { SignalPath } from '../model/path.ts';
import type { Arrival, ItemView } from './arrival.ts';
import { itemIdOf } from './breaks.ts';
import { accountItem, type SampledFate } from './bucket.ts';
import type { JudgeContext } from './context.ts';

const context = {
  drops: { take: () => undefined },
  evidence: { facts: {} },
  incarnations: { outages: [] },
  recordersOfTier: () => new Set([1]),
  parting: new Set(),
} as unknown as JudgeContext;
const facts = {} as ItemFacts;

const at = (backend?: string): Arrival =>
  ({ kind: 'ok', fromMs: 0, toMs: 1, missing: false, final: false, backend }) as Arrival;

function kindOf(backends: readonly string[], deliveredTo: readonly string[]): string {
  const steps = [{ tier: { name: 'gateway' }, processors: [], droppers: [], sampler: -1 }];
  const path = { signal: 'traces', steps, backends, ends: [] } as unknown as SignalPath;
  const deliveries = deliveredTo.map(at);
  const view = { item: {}, arrivals: [[at()]], deliveries } as unknown as ItemView;
  return accountItem(context, path, view, facts, undefined).bucket.kind;
}

describe('an item is delivered', () => {
  it('when each backend of its signal took it', () => {
    expect(kindOf(['tempo'], ['tempo'])).toBe('delivered');
    expect(kindOf(['tempo', 'vendor'], ['tempo', 'vendor'])).toBe('delivered');
  });

  it('not when one of them did not, or there is none', () => {
    expect(kindOf(['tempo', 'vendor'], ['tempo', 'tempo'])).toBe('unexplained');
    expect(kindOf([], [])).toBe('unexplained');
  });
});

describe('an item that the config ends', () => {
  const step = { tier: { name: 'gateway' }, processors: [], sampler: -1 };
  const account = (drops: () => boolean | undefined) => {
    const dropper = { index: 0, component: { id: 'filter/x', type: 'filter' }, drops };
    const steps = [{ ...step, droppers: [dropper] }];
    const path = { signal: 'logs', steps, backends: [], ends: ['gateway/debug'] };
    const view = { item: {}, arrivals: [[at()]], deliveries: [] } as unknown as ItemView;
    return accountItem(context, path as unknown as SignalPath, view, facts, undefined);
  };

  it('is in a bucket of its own, unless a filter dropped it or may have', () => {
    expect(account(() => false).bucket).toEqual({ kind: 'ended', exporter: 'gateway/debug' });
    expect(account(() => true).bucket.kind).toBe('filtered');
    expect(account(() => undefined)).toMatchObject({
      bucket: { kind: 'filtered' },
      indeterminate: true,
      unmodelled: 'gateway/filter/x',
    });
  });
});

describe('a late span of a kept trace that did not go on', () => {
  const step = { tier: { name: 'gateway' }, processors: [], droppers: [], sampler: 0 };
  const path = {
    signal: 'traces',
    steps: [step],
    backends: ['tempo'],
    ends: [],
  } as unknown as SignalPath;
  const view = { item: { item: 7 }, arrivals: [[at()]], deliveries: [] } as unknown as ItemView;
  const fateWith = (mayForget: boolean) =>
    ({
      late: true,
      stay: {
        fate: 'decided',
        decision: { outcome: 'sampled' },
        doubts: new Set(),
        ambiguous: false,
        late: new Set([7]),
        mayForget,
      },
    }) as unknown as SampledFate;

  it('is open where the decision may have been forgotten, else a loss to be explained', () => {
    const accountOf = (mayForget: boolean) =>
      accountItem(context, path, view, facts, fateWith(mayForget));
    expect(accountOf(true)).toMatchObject({
      bucket: { kind: 'notSampled', late: true },
      indeterminate: true,
    });
    expect(accountOf(false).bucket.kind).toBe('unexplained');
  });
});

describe('a filter in the process that samples', () => {
  const dropper = { index: 1, component: { id: 'filter/x', type: 'filter' }, drops: () => true };
  const accountOf = (sampler: number, outcome: 'sampled' | 'not-sampled') => {
    const step = { tier: { name: 'gateway' }, processors: [], droppers: [dropper], sampler };
    const path = {
      signal: 'traces',
      steps: [step],
      backends: ['tempo'],
      ends: [],
    } as unknown as SignalPath;
    const view = { item: { item: 7 }, arrivals: [[at()]], deliveries: [] } as unknown as ItemView;
    const stay = { fate: 'decided', decision: { outcome }, doubts: new Set(), late: new Set() };
    const fate = { late: false, stay } as unknown as SampledFate;
    return accountItem(context, path, view, facts, fate).bucket;
  };

  it('drops what comes to it first, whatever the sampler would have said', () => {
    expect(accountOf(2, 'not-sampled')).toMatchObject({ kind: 'filtered', behind: false });
  });

  it('drops behind the sampler only what that kept', () => {
    expect(accountOf(0, 'not-sampled')).toMatchObject({ kind: 'notSampled' });
    expect(accountOf(0, 'sampled')).toMatchObject({ kind: 'filtered', behind: true });
  });
});

describe('a span that its sampler had not said to be decided when its process was killed', () => {
  const tier = { name: 'gateway' };
  const step = { tier, processors: [], droppers: [], sampler: 0 };
  const path = { signal: 'traces', steps: [step], backends: ['tempo'], ends: [] };
  const item = { item: 7, traceId: 'a', spanId: 'b' };
  const view = { item, arrivals: [[at()]], deliveries: [] };
  const stay = {
    fate: 'held',
    incarnation: { life: { pod: 'gateway-0', ending: 'kill' } },
    doubts: new Set(),
    late: new Set(),
  };
  const kindWith = (queued: ReadonlySet<string> | undefined): string =>
    accountItem(
      { ...context, diskQueues: () => queued } as unknown as JudgeContext,
      path as unknown as SignalPath,
      view as unknown as ItemView,
      facts,
      { late: false, stay } as unknown as SampledFate,
    ).bucket.kind;

  it('was held in memory, unless it lay in the queue on disk: then it was decided', () => {
    expect(kindWith(undefined)).toBe('lost');
    expect(kindWith(new Set(['another']))).toBe('lost');
    expect(kindWith(new Set([itemIdOf(item as never)]))).toBe('unexplained');
  });
});
