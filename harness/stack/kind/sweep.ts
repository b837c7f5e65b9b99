import { isAliveSince, processScope } from '../../shell/processes.ts';
import { type FoundRun, findRuns, removeRun } from './cluster.ts';
import type { RunCommand } from './commands.ts';
import { endMakers } from './makers.ts';
import { findWarm } from './warm.ts';

/**
 * Removes what runs left in Docker whose process is gone (killed, or the machine fell over).
 * @returns the names of the clusters that were removed
 * @throws CommandError where Docker does not answer
 */
export async function sweepKind(
  run: RunCommand,
  onEvent: (text: string) => void,
): Promise<string[]> {
  const warm = new Set((await findWarm(run)).map(({ cluster }) => cluster));
  const runs = (await findRuns(run)).filter(({ cluster }) => !warm.has(cluster));
  const dead = deadRuns(runs, processScope(), isAliveSince);
  for (const cluster of dead) {
    onEvent(`removing ${cluster}, which a run left behind`);
    endMakers(cluster);
    await removeRun(run, cluster);
  }
  return dead;
}

/** Clusters that are nobody's any more; of a process elsewhere nothing is known. */
export const deadRuns = (
  runs: readonly FoundRun[],
  host: string,
  aliveSince: (processId: number, sinceMs: number) => boolean,
): string[] =>
  runs
    .filter((run) => run.host === host && !aliveSince(run.processId, run.sinceMs))
    .map(({ cluster }) => cluster);
