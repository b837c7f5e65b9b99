import type { TapControl } from '../stack/types.ts';
import { receiptOf } from './receipt.ts';
import { refuseFor } from './refusal.ts';
import type { PodFault } from './types.ts';

/**
 * A backend takes nothing for a while and says so, by its tap, which answers each request in its
 * stead; or it takes all, and its tap resets each connection. Proved by the requests that the tap
 * counted.
 */
export const answer: PodFault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const { spec } = fault;
    if (spec.kind !== 'answer') throw new Error(`${spec.kind} is no answer`);
    const injectedMs = nowMs();
    const { status, retryAfterMs, first } = spec;
    const instead: Parameters<TapControl['refuse']>[1] =
      status === 'reset' ? { status, first } : { status, retryAfterMs, first };
    const met = await refuseFor(stack, spec.target.backend, spec.forMs, instead);
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: nowMs(),
      bit: met.whole && met.answeredRequests >= (first ?? 1),
      proof: { answeredRequests: met.answeredRequests, status },
    });
  },
};
