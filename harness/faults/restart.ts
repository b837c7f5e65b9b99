import { until } from '../shell/until.ts';
import { receiptOf } from './receipt.ts';
import type { PodFault } from './types.ts';

const backWithinMs = 60_000;

const lookEveryMs = 20;

/** The pod is deleted gracefully and made again: same name and volumes, a new address. */
export const restart: PodFault = {
  unavailable: ({ runtime, workload }) =>
    workload === 'sidecar'
      ? 'fault restart: a sidecar goes with the pod of its application, which is simulated; kill ends its container'
      : runtime === 'kind' && workload !== 'statefulset'
        ? `fault restart: a ${workload} makes its pod anew under another name on kind, where only pods of ` +
          'a statefulset are told apart then; run it embedded'
        : undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const injectedMs = nowMs();
    await stack.control.pods.replacePod(pod.pod, 'graceMs' in fault.spec ? fault.spec.graceMs : 0);
    const next = await until(backWithinMs, lookEveryMs, () =>
      stack.lives().find((l) => l.pod === pod.pod && l.uid !== pod.uid && l.readyMs !== undefined),
    );
    const ended = stack
      .lives()
      .find(
        (l) =>
          l.pod === pod.pod && l.uid === pod.uid && l.life === pod.life && l.endedMs !== undefined,
      );
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: next?.readyMs,
      bit: ended !== undefined && next !== undefined && next.address !== pod.address,
      proof: {
        exitCode: ended?.exitCode ?? -1,
        stoppedAfterMs: ended ? Math.round((ended.endedMs ?? 0) - injectedMs) : -1,
        oldAddress: pod.address,
        newAddress: next?.address ?? 'none',
      },
    });
  },
};
