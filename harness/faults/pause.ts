import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../shell/until.ts';
import type { Fault } from './types.ts';

const stopsWithinMs = 1_000;

const lookEveryMs = 20;

/** SIGSTOP for a while: the process answers nothing, its connections stay. */
export const pause: Fault = {
  unavailable: () => undefined,
  inject: async (stack, pod, { spec, index, tier }, nowMs) => {
    const injectedMs = nowMs();
    const requestsBefore = requestsOf(stack.tapCounts().get(pod.recorder ?? ''));
    await stack.control.signal(pod.pod, 'SIGSTOP');
    const stopped = await until(stopsWithinMs, lookEveryMs, async () =>
      (await stack.control.processState(pod.pod)) === 'T' ? true : undefined,
    );
    await sleep(spec.kind === 'pause' ? spec.forMs : 0);
    const still = await stack.control.processState(pod.pod);
    await stack.control.signal(pod.pod, 'SIGCONT');
    const counts = requestsOf(stack.tapCounts().get(pod.recorder ?? ''));
    return {
      fault: index,
      kind: spec.kind,
      target: `${tier}/${pod.ordinal}`,
      pod: pod.pod,
      injectedMs,
      healedMs: nowMs(),
      bit: stopped === true && still === 'T',
      proof: {
        stateSeen: still ?? 'none',
        requestsMeanwhile: counts - requestsBefore,
      },
    };
  },
};

const requestsOf = (counts: { readonly requests: number } | undefined): number =>
  counts?.requests ?? 0;
