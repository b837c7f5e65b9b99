import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from './shell/clock.ts';
import type { RunningStack } from './stack/types.ts';

const tickMs = 1_000;
/** Beyond the last tick, for the spans of the last decisions to reach the backend. */
const handOverMs = 400;
const quietMs = 800;
const lookEveryMs = 100;
/** The counts of one look may be as old as whatever kept this process busy before it. */
const calmLooks = 2;

/**
 * Waits until the last trace must have been decided and nothing passes any recorder any more.
 * @param lastSentMs when the load's last request left
 */
export async function settle(
  stack: RunningStack,
  decisionWaitMs: number,
  lastSentMs: number,
  onProgress: (text: string) => void,
): Promise<void> {
  const counts = () => [...stack.tapCounts().values()];
  let calm = 0;
  while (calm < calmLooks) {
    const lastInMs = Math.max(lastSentMs, ...tierTimes(stack));
    const decidedMs = decisionWaitMs === 0 ? 0 : lastInMs + decisionWaitMs + tickMs + handOverMs;
    const lastAtMs = Math.max(lastSentMs, ...counts().map((c) => c.lastAtMs));
    const open = counts().reduce((sum, c) => sum + c.requests - c.answers, 0);
    const waitMs = Math.max(decidedMs, lastAtMs + quietMs) - nowMs();
    calm = waitMs <= 0 && open === 0 ? calm + 1 : 0;
    onProgress(
      `${(Math.max(0, waitMs) / 1_000).toFixed(1)} s until the last decision, ${open} requests open`,
    );
    await sleep(lookEveryMs);
  }
}

/** When something last reached a tier, as opposed to a backend. */
function tierTimes(stack: RunningStack): number[] {
  return [...stack.tapFiles.values()].flatMap((tap) =>
    'tier' in tap.hop ? (stack.tapCounts().get(tap.name)?.lastAtMs ?? 0) : [],
  );
}
