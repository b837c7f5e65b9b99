import { object, text } from '../../pipeline/read.ts';
import type { Signal, Tier } from '../../pipeline/types.ts';
import { outputsOf } from './outputs.ts';

/**
 * Where a tier keeps a persistent queue of a signal that goes with its pod: the folder of a storage
 * extension that is on an emptyDir, or on no volume at all. A persistent queue is not drained when
 * its collector ends: what is in it waits for the next process that finds it (exporterhelper
 * v0.152.0, internal/queue/persistent_queue.go, Shutdown).
 */
export function queueFolderOfPod(tier: Tier, signal: Signal): string | undefined {
  for (const { exporter } of outputsOf(tier, signal)) {
    const storage = text(object(exporter.config.sending_queue).storage);
    const extension = tier.components.find((c) => c.kind === 'extensions' && c.id === storage);
    const folder = text(extension?.config.directory);
    if (folder !== undefined && goesWithPod(tier, folder)) return folder;
  }
  return undefined;
}

function goesWithPod({ workload: { mounts, volumes } }: Tier, folder: string): boolean {
  const holding = mounts.filter(({ path }) =>
    `${folder}/`.startsWith(`${path.replace(/\/$/, '')}/`),
  );
  const innermost = holding.sort((a, b) => b.path.length - a.path.length)[0];
  const volume = volumes.find(({ name }) => name === innermost?.volume);
  return volume === undefined || 'emptyDir' in volume.source;
}
