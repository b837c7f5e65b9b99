import type { RunningStack } from './stack/types.ts';

/** An interrupted run: faults healed, collectors stopped, records closed. */
export async function closeRecords(stack: RunningStack): Promise<void> {
  const { pods } = stack.control;
  const running = stack.lives().filter((life) => life.endedMs === undefined);
  await Promise.all(
    running.map(async ({ pod }) => {
      if ((await pods.processState(pod)) === 'T') await pods.signal(pod, 'SIGCONT');
    }),
  );
  await stack.stopPipeline();
}
