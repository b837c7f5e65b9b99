import { receiptOf } from './receipt.ts';
import { refuseFor } from './refusal.ts';
import type { PodFault } from './types.ts';

/**
 * A backend is gone for a while, at its tap: connections break with the requests under way, new
 * ones are refused. The real backend goes on, so that what it took stays in it. The tap ends with
 * the run, and the outage with it.
 */
export const outage: PodFault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const { spec } = fault;
    if (spec.kind !== 'outage') throw new Error(`${spec.kind} is no outage`);
    const injectedMs = nowMs();
    const met = await refuseFor(stack, spec.target.backend, spec.forMs);
    const { refusedConnections, brokenRequests, brokenConnections } = met;
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: nowMs(),
      // Who had nothing to send meanwhile did not notice.
      bit: met.whole && refusedConnections + brokenRequests > 0,
      proof: { refusedConnections, brokenRequests, brokenConnections },
    });
  },
};
