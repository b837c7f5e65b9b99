import type { AppSpan, ServedFact } from '../../evidence/types.ts';

export const traceId = (n: number): string => n.toString(16).padStart(32, '0');
const spanId = (n: number): string => n.toString(16).padStart(16, '0');

/** Span ids of an order, by what they are for. */
export const ids = { user: 1, frontend: 2, askCheckout: 3, checkout: 4, askPayment: 5, payment: 6 };
export const later = { send: 7, worker: 8 };

/** One order, every hop joined: what was served, and the spans of it. */
export function order(n: number) {
  const trace = traceId(n + 1);
  const id = (k: number): string => spanId(16 * n + k);
  const context = (k: number): string => `00-${trace}-${id(k)}-01`;
  const span = (service: string, kind: number, own: number, parent: number): AppSpan => ({
    order: `o-${n}`,
    service,
    kind,
    traceId: trace,
    spanId: id(own),
    parentSpanId: id(parent),
    links: [],
    atMs: 1_000,
  });
  const served = (by: string, from: number, own?: number): ServedFact => ({
    by,
    order: `o-${n}`,
    atMs: 1_000,
    came: { traceparent: context(from) },
    own: own === undefined ? undefined : { traceId: trace, spanId: id(own), sampled: true },
  });
  return {
    id,
    context,
    request: {
      order: `o-${n}`,
      atMs: 0,
      traceId: trace,
      spanId: id(ids.user),
      className: 'ordered',
      outcome: { request: n, sentMs: 1_000, answeredMs: 1_010, status: 200 },
    },
    served: [
      served('ingress', ids.user),
      served('frontend', ids.user, ids.frontend),
      served('checkout', ids.askCheckout, ids.checkout),
      served('payment-proxy', ids.askPayment),
      served('payment', ids.askPayment, ids.payment),
      served('worker', later.send, later.worker),
    ],
    spans: [
      span('frontend', 2, ids.frontend, ids.user),
      span('frontend', 3, ids.askCheckout, ids.frontend),
      span('checkout', 2, ids.checkout, ids.askCheckout),
      span('checkout', 3, ids.askPayment, ids.checkout),
      span('payment', 2, ids.payment, ids.askPayment),
      span('checkout', 4, later.send, ids.checkout),
      span('worker', 5, later.worker, later.send),
    ],
  };
}

export type Order = ReturnType<typeof order>;
