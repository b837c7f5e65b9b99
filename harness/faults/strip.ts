import { setTimeout as sleep } from 'node:timers/promises';
import { receiptOf } from './receipt.ts';
import type { PodFault } from './types.ts';

/**
 * A proxy takes headers out of what it passes on, for a while. Proved by its own access log: that
 * says of each request whether the rule met it.
 */
export const strip: PodFault = {
  unavailable: () => undefined,
  inject: async ({ control: { proxies } }, pod, fault, nowMs) => {
    const { spec } = fault;
    if (spec.kind !== 'strip') throw new Error(`${spec.kind} strips nothing`);
    const { proxy, headers, forMs } = spec;
    const injectedMs = nowMs();
    try {
      await proxies.strip(pod.pod, proxy, headers);
      await sleep(forMs);
    } finally {
      await proxies.pass(pod.pod, proxy, headers);
    }
    const healedMs = nowMs();
    const strippedRequests = await proxies.strippedRequests(pod.pod, proxy);
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs,
      bit: strippedRequests > 0,
      proof: { proxy, headers: headers.join(' '), strippedRequests },
    });
  },
};
