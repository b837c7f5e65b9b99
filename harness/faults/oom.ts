import { endAndNext, proofOfEnd } from './container-end.ts';
import { onlyEmbedded } from './only-embedded.ts';
import { receiptOf } from './receipt.ts';
import type { Fault } from './types.ts';

/**
 * Memory is charged to the container's own cgroup until the kernel kills for want of it. The
 * receipt is the kernel's: the cgroup's count of kills, of which the container was the victim.
 */
export const oom: Fault = {
  unavailable: onlyEmbedded('oom'),
  inject: async (stack, pod, fault, nowMs) => {
    const { exhaustMemory } = stack.control.pods;
    if (!exhaustMemory) throw new Error(`nothing can fill the memory of ${pod.pod}`);
    const injectedMs = nowMs();
    const kill = await exhaustMemory(pod.pod);
    const { ended, next } = await endAndNext(stack, pod);
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: next?.readyMs,
      bit: kill.kernelKills > 0 && ended?.exitCode === 137 && ended.oomKilled,
      proof: { ...kill, ...proofOfEnd(ended, next) },
    });
  },
};
