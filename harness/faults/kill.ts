import { until } from '../shell/until.ts';
import { receiptOf } from './receipt.ts';
import type { Fault } from './types.ts';

const diesWithinMs = 5_000;
const backWithinMs = 60_000;

const lookEveryMs = 20;

/**
 * SIGKILL to the container's process: a crash. Same pod, address, volumes and endpoint after it.
 */
export const kill: Fault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const injectedMs = nowMs();
    await stack.control.pods.signal(pod.pod, 'SIGKILL');
    const ended = await until(diesWithinMs, lookEveryMs, () =>
      stack
        .lives()
        .find((l) => l.pod === pod.pod && l.life === pod.life && l.endedMs !== undefined),
    );
    const next = await until(backWithinMs, lookEveryMs, () =>
      stack.lives().find((l) => l.pod === pod.pod && l.life > pod.life && l.readyMs !== undefined),
    );
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: next?.readyMs,
      bit: ended?.exitCode === 137 && !ended.oomKilled,
      proof: {
        exitCode: ended?.exitCode ?? -1,
        signal: ended?.signal ?? 'none',
        downMs: ended && next ? Math.round((next.readyMs ?? 0) - (ended.endedMs ?? 0)) : -1,
        restarted: next !== undefined,
      },
    });
  },
};
