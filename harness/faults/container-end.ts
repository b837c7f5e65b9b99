import { until } from '../shell/until.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';

const diesWithinMs = 5_000;
const backWithinMs = 60_000;
const lookEveryMs = 20;

/** How one container ended, and the next one of its pod once that is ready; each if it came. */
export async function endAndNext(
  stack: Pick<RunningStack, 'lives'>,
  { pod, life }: PodLife,
): Promise<{ readonly ended: PodLife | undefined; readonly next: PodLife | undefined }> {
  const ended = await until(diesWithinMs, lookEveryMs, () =>
    stack.lives().find((l) => l.pod === pod && l.life === life && l.endedMs !== undefined),
  );
  const next = await until(backWithinMs, lookEveryMs, () =>
    stack.lives().find((l) => l.pod === pod && l.life > life && l.readyMs !== undefined),
  );
  return { ended, next };
}

/** What a receipt says of it. */
export const proofOfEnd = (ended: PodLife | undefined, next: PodLife | undefined) => ({
  exitCode: ended?.exitCode ?? -1,
  signal: ended?.signal ?? 'none',
  downMs: ended && next ? Math.round((next.readyMs ?? 0) - (ended.endedMs ?? 0)) : -1,
  restarted: next !== undefined,
});
