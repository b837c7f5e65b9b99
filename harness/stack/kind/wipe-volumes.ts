import { normalize } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import type { Wiped } from '../types.ts';
import { type Mount, mountsOf } from './mounts.ts';
import type { NodePrograms } from './node-exec.ts';
import type { RunningLife } from './watcher.ts';

/** Goes on by itself, should nobody be left who lets it. */
const hold = `set -eu
kubelet=$(pidof kubelet)
kill -STOP "$kubelet"
(sleep 20; kill -CONT "$kubelet") > /dev/null 2>&1 < /dev/null &`;
const letGo = 'kill -CONT $(pidof kubelet)';

/**
 * Kills a container and empties its own volumes, while the kubelet of its node is stopped: it would
 * start the next one. What the node has for all of its pods stays.
 * @param kill ends it, and resolves when nobody needs any more what it left
 */
export async function wipeVolumes(
  programs: Pick<NodePrograms, 'run'>,
  { node, containerId }: RunningLife,
  pod: V1Pod,
  kill: () => Promise<void>,
): Promise<Wiped> {
  const folders = ownFolders(pod, await mountsOf(programs, node, containerId));
  if (folders.length === 0) {
    await kill();
    return { files: 0, bytes: 0 };
  }
  await programs.run(node, ['sh', '-c', hold]);
  try {
    await kill();
    const all = ['find', ...folders, '-mindepth', '1'];
    const told = await programs.run(node, [...all, '-not', '-type', 'd', '-printf', '%s\\n']);
    await programs.run(node, [...all, '-delete']);
    const sizes = told.split('\n').filter(Boolean).map(Number);
    return { files: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
  } finally {
    await programs.run(node, ['sh', '-c', letGo]);
  }
}

/** Folders on the node of the volumes that are a pod's own, and that it may write to. */
export function ownFolders({ spec }: V1Pod, mounts: readonly Mount[]): string[] {
  const own = (spec?.volumes ?? []).filter(
    ({ emptyDir, persistentVolumeClaim, ephemeral }) =>
      emptyDir ?? persistentVolumeClaim ?? ephemeral,
  );
  const names = new Set(own.map(({ name }) => name));
  return (spec?.containers[0]?.volumeMounts ?? []).flatMap(({ name, mountPath, readOnly }) => {
    if (!names.has(name) || readOnly) return [];
    const destination = normalize(mountPath).replace(/(.)\/$/, '$1');
    return mounts.find((mount) => mount.destination === destination)?.source ?? [];
  });
}
