import { endAndNext, proofOfEnd } from './container-end.ts';
import { onlyEmbedded } from './only-embedded.ts';
import { receiptOf } from './receipt.ts';
import type { Fault } from './types.ts';

/** SIGKILL to the container's process, and nothing is left in its volumes for the next one. */
export const wipe: Fault = {
  unavailable: onlyEmbedded('wipe'),
  inject: async (stack, pod, fault, nowMs) => {
    const { wipeVolumes } = stack.control.pods;
    if (!wipeVolumes) throw new Error(`nothing can empty the volumes of ${pod.pod}`);
    const injectedMs = nowMs();
    const wiped = await wipeVolumes(pod.pod);
    const { ended, next } = await endAndNext(stack, pod);
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: next?.readyMs,
      bit: ended?.exitCode === 137 && !ended.oomKilled && wiped.bytes > 0,
      proof: { ...wiped, ...proofOfEnd(ended, next) },
    });
  },
};
