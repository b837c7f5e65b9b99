import { findRuns, removeRun } from './cluster.ts';
import { createCommands } from './commands.ts';

/**
 * Removes what runs left in Docker whose process is gone (killed, or the machine fell over).
 * @param environment what `main.ts` read of the environment
 * @returns the names of the clusters that were removed
 * @throws CommandError where Docker does not answer
 */
export async function sweepKind(
  environment: Readonly<Record<string, string | undefined>>,
  onEvent: (text: string) => void,
): Promise<string[]> {
  const run = createCommands(environment);
  const dead = (await findRuns(run)).filter(({ processId }) => !isAlive(processId));
  for (const { cluster } of dead) {
    onEvent(`removing ${cluster}, which a run left behind`);
    await removeRun(run, cluster);
  }
  return dead.map(({ cluster }) => cluster);
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
