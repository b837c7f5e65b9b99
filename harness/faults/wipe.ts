import { endAndNext, proofOfEnd } from './container-end.ts';
import { receiptOf } from './receipt.ts';
import type { PodFault } from './types.ts';

/** SIGKILL to the container's process, and nothing is left in its volumes for the next one. */
export const wipe: PodFault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const injectedMs = nowMs();
    const wiped = await stack.control.pods.wipeVolumes(pod.pod);
    const { ended, next } = await endAndNext(stack, pod);
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: next?.readyMs,
      bit: ended?.exitCode === 137 && !ended.oomKilled && wiped.bytes > 0,
      proof: { ...wiped, ...proofOfEnd(ended, next) },
    });
  },
};
