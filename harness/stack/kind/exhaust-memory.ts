import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { until } from '../../shell/until.ts';
import type { MemoryKill } from '../types.ts';
import type { MomentKeeper } from './moments.ts';
import type { NodePrograms } from './node-exec.ts';
import type { RunningLife } from './watcher.ts';

const script = readFileSync(join(import.meta.dirname, 'exhaust-memory.sh'), 'utf8');
const charges = readFileSync(
  join(import.meta.dirname, '..', 'embedded', 'memory-ballast.sh'),
  'utf8',
);
/** A node's memory, as kind mounts it. */
const tmpfs = '/run';
const toldWithinMs = 5_000;
const lookEveryMs = 10;

/**
 * Has memory charged to a container's cgroup on its node until the kernel kills the container.
 * @throws where it has no limit, nothing was killed in time, or its node does not tell of it
 */
export async function exhaustMemory(
  { programs, moments }: { programs: Pick<NodePrograms, 'run'>; moments: Pick<MomentKeeper, 'of'> },
  { pod, node, containerId }: RunningLife,
  { spec }: V1Pod,
): Promise<MemoryKill> {
  if (spec?.containers[0]?.resources?.limits?.memory === undefined) {
    throw new Error(`${pod} has no memory limit`);
  }
  const pid = moments.of(containerId)?.processId;
  if (pid === undefined) throw new Error(`the process of ${pod} is not known`);
  const ballast = `${tmpfs}/${containerId}.ballast`;
  const told = await programs.run(node, [
    ...['sh', '-c', script, 'exhaust-memory.sh', String(pid), ballast, charges],
  ]);
  const [limitBytes = 0, kernelKills = 0, ballastBytes = 0] = told.trim().split(' ').map(Number);
  // The runtime tells of it by an event of its own, before or behind the end.
  const isTold = () => (moments.of(containerId)?.oomKilled ? true : undefined);
  await until(toldWithinMs, lookEveryMs, isTold);
  return { kernelKills, pid, limitBytes, ballastBytes };
}
