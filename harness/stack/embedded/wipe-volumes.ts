import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Wiped } from '../types.ts';
import { volumeFolders } from './container.ts';
import { signalContainer } from './container-process.ts';
import type { Pod } from './kubelet.ts';
import { volumesFolderOf } from './leftovers.ts';

/**
 * Kills a container and empties its own volumes, before the kubelet starts the next one. What its
 * node has for all of its pods stays.
 */
export async function wipeVolumes(pod: Pod, runFolder: string): Promise<Wiped> {
  const { child, spec, uid } = pod;
  if (!child) throw new Error(`${spec.name} has no running container`);
  pod.expected = 'fault';
  // Behind the kubelet, which has heard of the end and copied what was left.
  const gone = new Promise((resolve) => child.once('close', resolve));
  signalContainer(child, 'SIGKILL');
  await gone;
  const folders = volumeFolders({ spec, uid, volumesFolder: volumesFolderOf(runFolder) });
  const wiped = folders.map(emptyFolder);
  const sum = (what: keyof Wiped): number => wiped.reduce((total, one) => total + one[what], 0);
  return { files: sum('files'), bytes: sum('bytes') };
}

function emptyFolder(folder: string): Wiped {
  const size = measure(folder);
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  return size;
}

/** Follows no link: what a pod left there may be anything. */
function measure(path: string): Wiped {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return { files: 1, bytes: stat.isFile() ? stat.size : 0 };
  const inside = readdirSync(path).map((name) => measure(join(path, name)));
  return {
    files: inside.reduce((sum, { files }) => sum + files, 0),
    bytes: inside.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
