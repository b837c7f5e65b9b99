import { isAlive } from '../../shell/processes.ts';
import { findRuns, removeRun } from './cluster.ts';
import type { RunCommand } from './commands.ts';

/**
 * Removes what runs left in Docker whose process is gone (killed, or the machine fell over).
 * @returns the names of the clusters that were removed
 * @throws CommandError where Docker does not answer
 */
export async function sweepKind(
  run: RunCommand,
  onEvent: (text: string) => void,
): Promise<string[]> {
  const dead = (await findRuns(run)).filter(({ processId }) => !isAlive(processId));
  for (const { cluster } of dead) {
    onEvent(`removing ${cluster}, which a run left behind`);
    await removeRun(run, cluster);
  }
  return dead.map(({ cluster }) => cluster);
}
