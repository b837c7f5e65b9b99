import { describe, expect, it } from 'vitest';
import type { Entry } from '../collect.ts';
import type { TraceAccount } from '../ledger/account.ts';
import { ids, order, traceId } from './app-order.testing.ts';
import { createPartedRequests } from './parted-requests.ts';

const byPolicy: Entry = {
  kind: 'promise-not-configured',
  hop: 'gateway',
  component: 'gateway/tail_sampling',
  cause: 'no policy tells it',
};
const count = 40;

/** Of forty orders, payment began a trace of its own in the first `stripped`. */
function parted(stripped: number, { users = true } = {}) {
  const orders = Array.from({ length: count }, (_, n) => order(n));
  const served = orders.flatMap((one, n) =>
    one.served.map((fact) =>
      n < stripped && fact.by === 'payment'
        ? {
            ...fact,
            came: {},
            own: { traceId: traceId(999), spanId: one.id(ids.payment), sampled: true },
          }
        : fact,
    ),
  );
  const spans = orders.flatMap((one, n) =>
    one.spans.map((span) =>
      n < stripped && span.service === 'payment'
        ? { ...span, traceId: traceId(999), parentSpanId: '' }
        : span,
    ),
  );
  const app = { requests: orders.map(({ request }) => request), served, spans };
  return createPartedRequests({
    evidence: { app },
    scenario: users ? { users: { messages: 'parent' } } : {},
  } as never);
}

/** What stands in the stead of the policy’s finding, where the policies keep so many. */
function told(
  stripped: number,
  promised: number,
  { share = 1, entry = byPolicy, users = true } = {},
) {
  const requests = parted(stripped, { users });
  for (let n = 0; n < count - promised; n++) {
    requests.take({ trace: { traceId: traceId(n + 1) } } as TraceAccount);
  }
  return requests.insteadOf(entry, { className: 'payment-fails', share, traces: count, promised });
}

describe('a promise of requests that came to the policies in parts', () => {
  it('blames who lost the context, not a policy', () => {
    const entry = told(count, 0);
    expect(entry).toMatchObject({
      kind: 'context-stripped',
      component: 'payment-proxy',
      hop: 'checkout→payment',
      count,
    });
    expect(entry?.cause).toContain('40 of 40 traces reached the policies in parts');
    expect(entry?.fix).toContain('payment-proxy');
  });

  it('blames the policies where they would not keep enough with those, either', () => {
    expect(told(10, 0)).toBeUndefined();
    expect(told(39, 0)).toBeUndefined();
  });

  it('counts only traces that the policies do not keep', () => {
    expect(told(10, 30)?.count).toBe(10);
  });

  it('leaves alone what kept too much, what is no policy’s, and loads without users', () => {
    expect(told(count, 20, { share: 0.1 })).toBeUndefined();
    expect(told(count, 0, { entry: { ...byPolicy, kind: 'wrong-decision' } })).toBeUndefined();
    expect(told(count, 0, { users: false })).toBeUndefined();
  });
});
