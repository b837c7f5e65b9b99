import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../shell/until.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';
import { receiptOf } from './receipt.ts';
import type { PodFault } from './types.ts';

const stopsWithinMs = 3_000;

const lookEveryMs = 20;

/**
 * SIGSTOP for a while: the process answers nothing, its connections stay. Where it ends meanwhile,
 * by another fault, nothing is left to go on: its receipt has no `healedMs`.
 */
export const pause: PodFault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const injectedMs = nowMs();
    const requestsBefore = requestsOf(stack.tapCounts().get(pod.recorder ?? ''));
    await stack.control.pods.signal(pod.pod, 'SIGSTOP');
    const stopTookMs = Math.ceil(nowMs() - injectedMs);
    const stopped = await until(stopsWithinMs, lookEveryMs, async () =>
      (await stack.control.pods.processState(pod.pod)) === 'T' ? true : undefined,
    );
    await sleep(fault.spec.kind === 'pause' ? fault.spec.forMs : 0);
    const ended = hasEnded(stack, pod);
    const still = ended ? 'gone' : await stack.control.pods.processState(pod.pod);
    const counts = requestsOf(stack.tapCounts().get(pod.recorder ?? ''));
    const goOnMs = nowMs();
    if (!ended) await stack.control.pods.signal(pod.pod, 'SIGCONT');
    const healedMs = ended ? undefined : nowMs();
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs,
      bit: stopped === true && (ended || still === 'T'),
      proof: {
        stateSeen: still ?? 'none',
        requestsMeanwhile: counts - requestsBefore,
        // When in between a signal acted nobody knows.
        stopTookMs,
        goOnTookMs: Math.ceil((healedMs ?? goOnMs) - goOnMs),
      },
    });
  },
};

const hasEnded = (stack: RunningStack, { pod, uid, life }: PodLife): boolean =>
  stack
    .lives()
    .some((l) => l.pod === pod && l.uid === uid && l.life === life && l.endedMs !== undefined);

const requestsOf = (counts: { readonly requests: number } | undefined): number =>
  counts?.requests ?? 0;
