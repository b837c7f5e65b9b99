import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a run has on disk only while it goes on. */
export interface Scratch {
  readonly runFolder: string;
  readonly socketFolder: string;
}

/** Folder of a run in which pods' volumes are. */
export const volumesFolderOf = (runFolder: string): string => join(runFolder, 'volumes');

/** Takes sockets and volumes away. Pods must have ended: they could write there meanwhile. */
export function removeScratch({ runFolder, socketFolder }: Scratch): void {
  for (const folder of [socketFolder, volumesFolderOf(runFolder)]) {
    // What was killed may be about to end still.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Kills all else in this process namespace, of which this is process 1: never the machine's. */
export function killOthers(): void {
  if (process.pid !== 1) return;
  try {
    process.kill(-1, 'SIGKILL');
  } catch {
    // There is no other.
  }
}
