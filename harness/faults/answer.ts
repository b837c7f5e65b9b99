import { receiptOf } from './receipt.ts';
import { refuseFor } from './refusal.ts';
import type { Fault } from './types.ts';

/**
 * A backend takes nothing for a while and says so: its tap answers each request with one error, in
 * its stead. Proved by the requests that the tap counted.
 */
export const answer: Fault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const { spec } = fault;
    if (spec.kind !== 'answer') throw new Error(`${spec.kind} is no answer`);
    const injectedMs = nowMs();
    const { status, retryAfterMs } = spec;
    const met = await refuseFor(stack, spec.target.backend, spec.forMs, { status, retryAfterMs });
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: nowMs(),
      bit: met.whole && met.answeredRequests > 0,
      proof: { answeredRequests: met.answeredRequests, status },
    });
  },
};
