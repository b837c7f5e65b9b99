import { spawn } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../shell/until.ts';
import type { MemoryKill } from '../types.ts';
import { type MemoryCgroups, oomKills } from './cgroup.ts';
import { containerOf } from './container-process.ts';
import type { Pod } from './kubelet.ts';
import { podsFolder } from './pod-base.ts';

const script = join(import.meta.dirname, 'memory-ballast.sh');
const killsWithinMs = 30_000;
const lookEveryMs = 2;

/**
 * Charges memory to a container's cgroup until the kernel kills the container. Given back as soon
 * as that is seen, so that the next one finds the room that this one had.
 * @throws where it has no limit, no cgroup can be had, or nothing was killed in time
 */
export async function exhaustMemory(
  { spec, id, child }: Pod,
  cgroups: MemoryCgroups | undefined,
): Promise<MemoryKill> {
  const { name, memoryLimitBytes: limitBytes } = spec;
  if (limitBytes === undefined) throw new Error(`${name} has no memory limit`);
  if (!cgroups) throw new Error(`no memory cgroup can be had, in which the kernel would kill`);
  const pid = child && containerOf(child);
  if (!child || pid === undefined) throw new Error(`${name} has no running container`);
  const folder = join(cgroups.folder, id);
  const killsBefore = oomKills(cgroups, folder);
  const ballast = join(podsFolder, `${id}.ballast`);
  const filler = spawn('sh', [script, folder, ballast], { detached: true, stdio: 'ignore' });
  const gone = new Promise((resolve) => filler.once('close', resolve));
  const isOver = () => child.exitCode !== null || child.signalCode !== null || undefined;
  let ballastBytes = 0;
  try {
    const killed = await until(killsWithinMs, lookEveryMs, isOver);
    if (!killed) throw new Error(`nothing was killed for want of memory in ${killsWithinMs} ms`);
  } finally {
    endGroup(filler.pid);
    await gone;
    ballastBytes = statSync(ballast, { throwIfNoEntry: false })?.size ?? 0;
    rmSync(ballast, { force: true });
  }
  return { kernelKills: oomKills(cgroups, folder) - killsBefore, pid, limitBytes, ballastBytes };
}

/** The script and what it has just started. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The kernel was first.
  }
}
