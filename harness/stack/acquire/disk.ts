import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';

const GIGABYTE = 1e9;

/** So many gigabytes will be written under a folder (which need not exist yet). */
export interface DiskNeed {
  readonly dir: string;
  readonly gigabytes: number;
}

export interface DiskRoom {
  /** The folder of the largest need on this disk. */
  readonly dir: string;
  readonly needed: number;
  readonly free: number;
}

/** Adds up the needs by disk and says what each of these has free, in gigabytes. */
export async function diskRoom(needs: readonly DiskNeed[]): Promise<DiskRoom[]> {
  const disks = new Map<number, DiskRoom & { largest: number }>();
  for (const { dir, gigabytes } of needs) {
    const at = await existingAncestor(dir);
    const { dev } = await stat(at);
    const { bavail, bsize } = await statfs(at);
    const known = disks.get(dev);
    const largest = Math.max(known?.largest ?? 0, gigabytes);
    disks.set(dev, {
      dir: known && known.largest >= gigabytes ? known.dir : dir,
      needed: (known?.needed ?? 0) + gigabytes,
      free: (bavail * bsize) / GIGABYTE,
      largest,
    });
  }
  return [...disks.values()].map(({ dir, needed, free }) => ({ dir, needed, free }));
}

async function existingAncestor(dir: string): Promise<string> {
  let at = path.resolve(dir);
  for (;;) {
    try {
      await stat(at);
      return at;
    } catch {
      const parent = path.dirname(at);
      if (parent === at) return at;
      at = parent;
    }
  }
}
