import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;
/** A waiter is told once a second. */
const POLLS_PER_REPORT = 5;
const SQLITE_BUSY = 5;

/** Beside a lock's file, while it is held. */
export const holderSuffix = '.holder';

/** Who holds a lock, and what for. */
export interface LockHolder {
  readonly pid: number;
  readonly doing: string;
}

export interface LockOptions {
  /** What the holder does, for those who wait. */
  readonly doing: string;
  /** Called at once and then every second while another holds the lock. */
  readonly onWait?: (holder: LockHolder | undefined) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while holding the lock `file`, against other processes and within this one.
 *
 * The lock is SQLite's on an empty database: a lock of the kernel, so it ends with its holder,
 * `kill -9` included, and there is no stale lock to judge and to steal. (A file with a process id
 * would need both, and two waiters that steal at once can both win.)
 */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { doing, onWait, signal } = options;
  const holderFile = file + holderSuffix;
  await mkdir(path.dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    for (let polls = 0; !tryLock(database); polls += 1) {
      if (polls % POLLS_PER_REPORT === 0) onWait?.(await readHolder(holderFile));
      await sleep(POLL_MS, undefined, signal ? { signal } : {});
    }
    await writeFile(holderFile, JSON.stringify({ pid: process.pid, doing }));
    try {
      return await work();
    } finally {
      await rm(holderFile, { force: true });
    }
  } finally {
    database.close();
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    const busy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
    if (busy) return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<LockHolder | undefined> {
  try {
    return decodeHolder(await readFile(file, 'utf8'));
  } catch {
    // The holder is just coming or going.
    return undefined;
  }
}

/** Reads what a holder wrote; undefined where it is just being written. */
export function decodeHolder(text: string): LockHolder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    if (typeof holder !== 'object' || holder === null) return undefined;
    if (!('pid' in holder) || !('doing' in holder)) return undefined;
    return { pid: Number(holder.pid), doing: String(holder.doing) };
  } catch {
    return undefined;
  }
}
