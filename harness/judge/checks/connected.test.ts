import { describe, expect, it } from 'vitest';
import type { AppFacts, AppSpan, ServedFact } from '../../evidence/types.ts';
import { ids, later, type Order, order, traceId } from './app-order.testing.ts';
import { createConnectedCheck } from './connected.ts';

type Change = (one: Order) => Partial<Pick<Order, 'request' | 'served' | 'spans'>> | undefined;

function judge(change: Change = () => undefined, { count = 60, messages = 'parent' } = {}) {
  const orders = Array.from({ length: count }, (_, n) => {
    const one = order(n);
    return { ...one, ...change(one) };
  });
  const app: AppFacts = {
    requests: orders.map(({ request }) => request),
    served: orders.flatMap(({ served }) => served),
    spans: orders.flatMap(({ spans }) => spans),
  };
  const context = { evidence: { app }, scenario: { users: { messages } } };
  const expectation = { check: 'connected', share: 1, atLeast: 50 } as const;
  const check = createConnectedCheck(expectation, context as never);
  return check.finish() as Awaited<ReturnType<typeof check.finish>>;
}

/** A service begins a trace of its own, having got these headers. */
const alone =
  (by: string, came: (one: Order) => ServedFact['came']): Change =>
  (one) => {
    const own = { traceId: traceId(0xffff), spanId: '' };
    return {
      served: one.served.map((fact) => (fact.by === by ? { ...fact, came: came(one) } : fact)),
      spans: one.spans.map((span) =>
        span.service === by && (span.kind === 2 || span.kind === 5)
          ? { ...span, traceId: own.traceId, parentSpanId: '' }
          : span,
      ),
    };
  };

const found = (result: ReturnType<typeof judge>) =>
  result.findings.map(({ kind, component, hop }) => `${kind} at ${component}, ${hop}`);

describe('connected', () => {
  it('holds where each hop is joined', () => {
    expect(judge()).toMatchObject({ verdict: 'pass', findings: [] });
  });

  it('holds whatever else a service sends about an order', () => {
    const more: Change = ({ spans, id }) => {
      const [first] = spans as [AppSpan];
      const own = { ...first, kind: 1, spanId: id(12), parentSpanId: first.spanId };
      return { spans: [own, ...spans].reverse() };
    };
    expect(judge(more)).toMatchObject({ verdict: 'pass' });
  });

  it.each<[string, Change]>([
    ['context-stripped at payment-proxy, checkout→payment', alone('payment', () => ({}))],
    ['context-stripped at ingress, user→frontend', alone('frontend', () => ({}))],
    [
      'context-not-read at payment, checkout→payment',
      alone('payment', ({ context }) => ({ traceparent: context(ids.askPayment) })),
    ],
    [
      'context-overwritten at ingress, user→frontend',
      alone('frontend', ({ context }) => ({ traceparent: context(14) })),
    ],
    ['context-not-sent at frontend, frontend→checkout', alone('checkout', () => ({}))],
    ['context-not-sent at checkout, checkout→worker', alone('worker', () => ({}))],
  ])('finds %s', (what, change) => {
    const result = judge(change);
    expect(found(result)).toEqual([what]);
    expect(result.verdict).toBe('fail');
    expect(result.findings[0]?.count).toBe(60);
  });

  it('finds a parent that is another span of the same trace', () => {
    const wrong: Change = ({ spans, id }) => ({
      spans: spans.map((s) =>
        s.service === 'payment' ? { ...s, parentSpanId: id(ids.checkout) } : s,
      ),
    });
    expect(found(judge(wrong))).toEqual(['context-not-read at payment, checkout→payment']);
  });

  it('finds the cleared flag once, though no service behind it is sampled', () => {
    const cleared: Change = ({ served, context }) => ({
      served: served.map((fact) => {
        const traceparent = context(ids.user).replace(/01$/, '00');
        const came = fact.by === 'ingress' ? fact.came : { traceparent };
        return { ...fact, came, own: fact.own && { ...fact.own, sampled: false } };
      }),
      spans: [],
    });
    expect(found(judge(cleared))).toEqual(['context-unsampled at ingress, user→frontend']);
  });

  it('finds a service that does not ask its parent', () => {
    const unsampled: Change = ({ served, spans }) => ({
      served: served.map((fact) =>
        fact.by === 'worker' ? { ...fact, own: fact.own && { ...fact.own, sampled: false } } : fact,
      ),
      spans: spans.filter(({ service }) => service !== 'worker'),
    });
    expect(found(judge(unsampled))).toEqual(['context-unsampled at worker, checkout→worker']);
  });

  it('takes a link for a join only where messages are carried by link', () => {
    const linked: Change = ({ spans, id, request }) => ({
      spans: spans.map((span) =>
        span.service === 'worker'
          ? {
              ...span,
              traceId: traceId(0xffff),
              parentSpanId: '',
              links: [{ traceId: request.traceId, spanId: id(later.send) }],
            }
          : span,
      ),
    });
    expect(judge(linked, { messages: 'link' }).verdict).toBe('pass');
    expect(judge(linked).verdict).toBe('fail');
  });

  it.each<[string, Change]>([
    [
      'a service says nothing',
      ({ served }) => ({ served: served.filter((f) => f.by !== 'payment') }),
    ],
    [
      'a proxy says nothing',
      ({ served }) => ({ served: served.filter((f) => f.by !== 'ingress') }),
    ],
    ['a span is not there', ({ spans }) => ({ spans: spans.filter((s) => s.kind !== 5) })],
    ['a calling span is not there', ({ spans }) => ({ spans: spans.filter((s) => s.kind !== 3) })],
    ['it was asked twice', ({ served }) => ({ served: [...served, ...served] })],
    [
      'no user was answered',
      ({ request }) => ({ request: { ...request, outcome: undefined as never } }),
    ],
    [
      'users were answered an error',
      ({ request }) => ({ request: { ...request, outcome: { ...request.outcome, status: 502 } } }),
    ],
  ])('is unknown, and accuses nobody, where %s', (_, change) => {
    expect(judge(change)).toMatchObject({ verdict: 'unknown', findings: [] });
  });

  it('is unknown with too few requests, joined or broken, and with none', () => {
    expect(judge(undefined, { count: 49 }).verdict).toBe('unknown');
    expect(
      judge(
        alone('payment', () => ({})),
        { count: 49 },
      ).verdict,
    ).toBe('unknown');
    expect(judge(undefined, { count: 0 }).verdict).toBe('unknown');
  });
});
