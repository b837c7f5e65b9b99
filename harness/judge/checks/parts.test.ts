import { describe, expect, it } from 'vitest';
import type { ItemAccount } from '../ledger/account.ts';
import type { Arrival } from '../ledger/arrival.ts';
import { component, output, processor, tierOf } from '../model/causes.testing.ts';
import type { SignalPath } from '../model/path.ts';
import type { JudgeContext } from '../watch.ts';
import { createParts } from './parts.ts';

const balancer = component('loadbalancing');
const spreads = tierOf('agent', [processor('memory_limiter')], [output(balancer)]);
const sends = tierOf('agent', [], [output(component('otlp_grpc'))]);
const [tempo, jaeger] = ['tempo:4317', 'jaeger:4317'].map((backend, i) =>
  output(component(`otlp_grpc/${i}`), { backend }),
);
const full = 'sending queue is full; sending queue is full';

interface Item {
  readonly block: number;
  /** Where it was seen behind, all of it answered OK. */
  readonly behind?: readonly Partial<Arrival>[];
  readonly entry?: 'refused' | 'ok' | 'maybe' | 'nowhere';
  readonly bucket?: string;
}

/** What contradicts, of items of one tier, by their places; `said` by who refused them. */
function contradicting(tier: object, items: readonly Item[], said: string | undefined, pods = 2) {
  const context = {
    recordersOfPods: () => Array(pods).fill({}),
    spoken: { by: () => [], startMs: 0 },
  } as unknown as JudgeContext;
  const gateway = outputsToTiers(tier) ? [{ tier: { name: 'gateway', outputs: [] } }] : [];
  const path = { signal: 'traces', steps: [{ tier }, ...gateway] } as unknown as SignalPath;
  const parts = createParts(context);
  const accounts = items.map(({ block, behind = [], entry = 'refused', bucket = 'refused' }) => {
    const seen = behind.map((own) => ({ kind: 'ok', unheard: false, ...own }));
    const entries = entry === 'nowhere' ? [] : [{ kind: entry, message: `status 503: ${said}` }];
    const outcome = said === undefined ? {} : { message: said };
    const view = {
      item: { block },
      block: { outcome },
      arrivals: gateway.length > 0 ? [entries, seen] : [entries],
      deliveries: gateway.length > 0 ? [] : seen,
    };
    return { view, bucket: { kind: bucket } } as unknown as ItemAccount;
  });
  for (const account of accounts) parts.watch(path, 0, account);
  return parts.contradictions().map(({ account }) => accounts.indexOf(account));
}

const outputsToTiers = (tier: object): boolean =>
  (tier as typeof spreads).outputs.some(({ to }) => 'tier' in to);

const passed = (block: number): Item => ({ block, behind: [{}], bucket: 'delivered' });
const refused = (block: number): Item => ({ block });

describe('a request that was refused, though a part of it was handed on', () => {
  it('is no contradiction where its spans are spread, and a part went nowhere', () => {
    expect(contradicting(spreads, [passed(1), refused(1), passed(1)], full)).toEqual([]);
  });

  it('is one where all of it was handed on, whatever became of others', () => {
    const items = [passed(1), refused(2), passed(1), passed(2)];
    expect(contradicting(spreads, items, full)).toEqual([0, 2]);
  });

  it('is one where the rest of it was filtered on its way', () => {
    const filtered: Item = { block: 1, bucket: 'filtered' };
    expect(contradicting(spreads, [passed(1), filtered], full)).toEqual([0]);
  });

  it('is one where there is nothing to spread over, or nobody spreads', () => {
    expect(contradicting(spreads, [passed(1), refused(1)], full, 1)).toEqual([0]);
    expect(contradicting(sends, [passed(1), refused(1)], full)).toEqual([0]);
  });

  it('is one where who refused it stands in front of who spreads, or said nothing', () => {
    const items = [passed(1), refused(1)];
    const limited = 'data refused due to high memory usage';
    expect(contradicting(spreads, items, limited)).toEqual([0]);
    expect(contradicting(spreads, items, undefined)).toEqual([0]);
    expect(
      contradicting(spreads, items, `rpc error: code = Unavailable desc = ${limited}`),
    ).toEqual([]);
  });

  it('is one where it never came in at all', () => {
    const items: Item[] = [{ ...passed(1), entry: 'nowhere' }, refused(1)];
    expect(contradicting(spreads, items, full)).toEqual([0]);
  });

  it('is none where it was taken in', () => {
    const items: Item[] = [passed(1), { ...passed(1), entry: 'maybe' }];
    expect(contradicting(spreads, items.slice(1), full)).toEqual([]);
    expect(contradicting(spreads, [{ ...passed(1), entry: 'ok' }], full)).toEqual([]);
  });
});

describe('a request that was refused, though it was handed on whole', () => {
  const both = tierOf(
    'gateway',
    [],
    [tempo, jaeger].flatMap((one) => one ?? []),
  );
  const at = (...backends: string[]): Item => ({
    block: 1,
    behind: backends.map((backend) => ({ backend })),
    bucket: 'delivered',
  });

  it('is no contradiction where one of two backends did not take its copy', () => {
    expect(contradicting(both, [at('tempo:4317'), at('tempo:4317')], full)).toEqual([]);
    expect(contradicting(both, [at('tempo:4317', 'jaeger:4317')], full)).toEqual([0]);
    expect(contradicting(both, [at('tempo:4317')], undefined)).toEqual([0]);
  });

  it('is no contradiction where its sender had given up waiting for the answer', () => {
    const late: Item = { block: 1, behind: [{ unheard: true }], bucket: 'delivered' };
    const said = 'rpc error: code = DeadlineExceeded desc = context deadline exceeded';
    expect(contradicting(sends, [late], said)).toEqual([]);
    expect(contradicting(sends, [late], undefined)).toEqual([0]);
    expect(contradicting(sends, [{ ...late, behind: [{ unheard: true }, {}] }], said)).toEqual([0]);
  });
});
