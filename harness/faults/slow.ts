import { receiptOf } from './receipt.ts';
import { refuseFor } from './refusal.ts';
import type { PodFault } from './types.ts';

/**
 * A backend takes all that comes, and its answers are late: its tap holds each back for so long, at
 * most until the fault is over. Proved by how long requests took, as the tap measured.
 */
export const slow: PodFault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const { spec } = fault;
    if (spec.kind !== 'slow') throw new Error(`${spec.kind} is not slow`);
    const injectedMs = nowMs();
    const { byMs, target, forMs } = spec;
    const met = await refuseFor(stack, target.backend, forMs, { status: 'slow', byMs });
    const { delayedRequests, shortestMs, longestMs } = met;
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: nowMs(),
      bit: met.whole && delayedRequests > 0 && shortestMs >= byMs,
      proof: {
        delayedRequests,
        shortestMs: Math.floor(shortestMs),
        longestMs: Math.floor(longestMs),
      },
    });
  },
};
