import type { RunningStack } from './stack/types.ts';

/** An interrupted run: faults healed, collectors stopped, records closed. */
export async function closeRecords(stack: RunningStack): Promise<void> {
  for (const life of stack.lives()) {
    const paused =
      life.endedMs === undefined && (await stack.control.processState(life.pod)) === 'T';
    if (paused) await stack.control.signal(life.pod, 'SIGCONT');
  }
  await stack.stopPipeline();
}
