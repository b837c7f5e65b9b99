import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../lib/errors.ts';
import { folderBytes } from '../../shell/folder.ts';
import { isAlive } from '../../shell/processes.ts';
import { decodeHolder, holderSuffix, type LockHolder } from './lock.ts';

/**
 * Removes the cache of programs; returns how many bytes it had, undefined where there is none.
 * @throws UserError while a run fetches or builds into it
 */
export function removeCache(cacheDir: string): number | undefined {
  const names = namesIn(cacheDir);
  if (!names) return undefined;
  const holder = names.flatMap((name) => liveHolder(path.join(cacheDir, name)) ?? []).at(0);
  if (holder) {
    throw new UserError(
      `${cacheDir} stays: process ${holder.pid} is ${holder.doing}. Hint: wait for it to end`,
    );
  }
  const bytes = folderBytes(cacheDir);
  rmSync(cacheDir, { recursive: true, force: true });
  return bytes;
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

/** A holder that was killed leaves its file behind, so its process is asked for. */
function liveHolder(file: string): LockHolder | undefined {
  if (!file.endsWith(holderSuffix)) return undefined;
  const holder = decodeHolder(readFileSync(file, 'utf8'));
  return holder && isAlive(holder.pid) ? holder : undefined;
}
