import { endAndNext, proofOfEnd } from './container-end.ts';
import { receiptOf } from './receipt.ts';
import type { PodFault } from './types.ts';

/**
 * Memory is charged to the container's own cgroup until the kernel kills for want of it. The
 * receipt is the kernel's: the cgroup's count of kills, of which the container was the victim.
 */
export const oom: PodFault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const injectedMs = nowMs();
    const kill = await stack.control.pods.exhaustMemory(pod.pod);
    const { ended, next } = await endAndNext(stack, pod);
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: next?.readyMs,
      bit: kill.kernelKills > 0 && ended?.exitCode === 137 && ended.oomKilled,
      proof: { ...kill, ...proofOfEnd(ended, next) },
    });
  },
};
