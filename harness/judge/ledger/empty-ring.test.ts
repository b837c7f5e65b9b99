import { describe, expect, it } from 'vitest';
import type { ItemAccount } from './account.ts';
import type { JudgeContext } from './context.ts';
import { emptyRing } from './empty-ring.ts';

const said = 'status 503, error code 1503: couldn\'t find the exporter for the endpoint ""';

const causeOf = (
  message: string,
  outages: readonly object[] = [],
  loadBalancing = true,
): string | undefined => {
  const output = {
    signal: 'traces',
    loadBalancing,
    exporter: { id: 'loadbalancing' },
    to: { tier: 'gateway' },
  };
  const context = {
    paths: { traces: { steps: [{ tier: { name: 'agent', outputs: [output] } }] } },
    incarnations: { outages },
  } as unknown as JudgeContext;
  const account = {
    bucket: { kind: 'refused', message },
    view: { block: { outcome: { answeredMs: 5_000 } } },
  } as unknown as ItemAccount;
  const found = emptyRing(context, account);
  return found && `${found.cause} at ${found.component}`;
};

describe('a refusal by a load balancer that knew nobody', () => {
  it('is of its start, where no pod behind it had gone yet', () => {
    expect(causeOf(said)).toBe('ring-empty-at-start at agent/loadbalancing');
    const later = { tier: 'gateway', fromMs: 5_001 };
    const elsewhere = { tier: 'agent', fromMs: 1_000 };
    expect(causeOf(said, [later, elsewhere])).toBe('ring-empty-at-start at agent/loadbalancing');
  });

  it('is not where a pod had gone: the ring was full, and is empty again', () => {
    expect(causeOf(said, [{ tier: 'gateway', fromMs: 4_000 }])).toBeUndefined();
  });

  it('is not where another reason was given, or nobody spreads', () => {
    expect(causeOf('status 503, error code 1503: data refused due to high memory')).toBeUndefined();
    expect(causeOf(said.replace('""', '"10.0.0.1:4317"'))).toBeUndefined();
    expect(causeOf(said, [], false)).toBeUndefined();
  });
});
