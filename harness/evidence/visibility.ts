import { setTimeout as sleep } from 'node:timers/promises';
import { mapPool } from '../lib/pool.ts';
import type { HttpTarget } from '../stack/types.ts';
import { askTrace } from './backends/tempo.ts';
import type { VisibilityProbe } from './types.ts';

export interface ProbePlan {
  readonly traceId: string;
  /** When its last on-time span is due to be sent. */
  readonly sentMs: number;
}

export interface Prober {
  readonly probes: () => VisibilityProbe[];
  /** Stops asking; what is not visible by then was not seen. */
  stop(): Promise<void>;
}

const everyMs = 250;
const askWidth = 6;

/** Asks the backend for a few traces by id, again and again, from the moment each was sent. */
export function startProber(
  target: HttpTarget,
  plans: readonly ProbePlan[],
  now: () => number,
): Prober {
  const visible = new Map<string, number>();
  const missed = new Map<string, number>();
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const due = plans.filter(({ traceId, sentMs }) => !visible.has(traceId) && sentMs <= now());
      await mapPool(due, askWidth, async ({ traceId }) => {
        if (stopped) return;
        const askedMs = now();
        const answer = await askTrace(target, traceId).catch(() => undefined);
        if ((answer?.spanIds.length ?? 0) > 0) visible.set(traceId, now());
        // Another status is an error: it tells nothing of the trace.
        else if (answer?.status === 200 || answer?.status === 404) missed.set(traceId, askedMs);
      });
      await sleep(everyMs);
    }
  };
  const running = loop();
  return {
    probes: () =>
      plans.map(({ traceId, sentMs }) => ({
        traceId,
        sentMs,
        visibleMs: visible.get(traceId),
        missedMs: missed.get(traceId),
      })),
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
