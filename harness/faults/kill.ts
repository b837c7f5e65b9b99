import { endAndNext, proofOfEnd } from './container-end.ts';
import { receiptOf } from './receipt.ts';
import type { PodFault } from './types.ts';

/**
 * SIGKILL to the container's process: a crash. Same pod, address, volumes and endpoint after it.
 */
export const kill: PodFault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const injectedMs = nowMs();
    await stack.control.pods.signal(pod.pod, 'SIGKILL');
    const { ended, next } = await endAndNext(stack, pod);
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: next?.readyMs,
      bit: ended?.exitCode === 137 && !ended.oomKilled,
      proof: proofOfEnd(ended, next),
    });
  },
};
