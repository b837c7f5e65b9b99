import { allProcesses, type ProcessFacts, processTree } from '../../shell/process-tree.ts';

/**
 * Ends what still makes a cluster although the run that asked for it is gone: `kind` does not end
 * with who started it, and what it made behind a sweep would be nobody's.
 */
export function endMakers(cluster: string): void {
  for (const maker of allProcesses().filter((p) => makes(p, cluster))) {
    for (const { pid } of processTree(maker.pid)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone by itself.
      }
    }
  }
}

/** Whether a process is a `kind` that makes this cluster. */
export const makes = ({ command }: Pick<ProcessFacts, 'command'>, cluster: string): boolean =>
  `${command} `.includes(` create cluster --name ${cluster} `);
