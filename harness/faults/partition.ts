import { setTimeout as sleep } from 'node:timers/promises';
import { receiptOf } from './receipt.ts';
import type { PodFault } from './types.ts';

/**
 * What the pods of a tier send to another's is dropped on its way for a while. Proved by the
 * packets that were.
 */
export const partition: PodFault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const { spec } = fault;
    const { links } = stack.control;
    if (spec.kind !== 'partition' || !links) throw new Error(`${spec.kind} can't be done here`);
    const senders = stack
      .lives()
      .filter(({ tier, endedMs }) => tier === spec.from && endedMs === undefined)
      .map((life) => life.pod);
    const injectedMs = nowMs();
    await links.cut(senders, pod.pod);
    let droppedPackets = 0;
    try {
      await sleep(spec.forMs);
    } finally {
      ({ droppedPackets } = await links.join(senders, pod.pod));
    }
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: nowMs(),
      bit: droppedPackets > 0,
      proof: { droppedPackets, senders: senders.length },
    });
  },
};
