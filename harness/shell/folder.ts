import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { messageOf, UserError } from '../lib/errors.ts';
import { formatBytes } from '../lib/units.ts';

export interface TextFile {
  /** Relative to the working folder, as a user would name it. */
  readonly path: string;
  readonly text: string;
}

/** A file that a person wrote is never as large; to parse one that is takes minutes. */
const mostBytes = 10_000_000;

/**
 * Reads a file that a user names, and never waits as for the other end of a pipe.
 * @throws UserError where it can't be read, is no file, or is too large
 */
export function readTextFile(file: string): TextFile {
  const path = relative(process.cwd(), file);
  const facts = orUserError(path, () => statSync(file));
  if (!facts.isFile()) {
    const what = facts.isDirectory() ? 'a folder' : 'a pipe or a device';
    throw new UserError(`${path}: ${what}, not a file. Hint: take it away or rename it`);
  }
  if (facts.size > mostBytes) {
    const size = `${formatBytes(facts.size)}, at most ${formatBytes(mostBytes)} are read`;
    throw new UserError(`${path}: ${size}. Hint: split it`);
  }
  return { path, text: orUserError(path, () => readFileSync(file, 'utf8')) };
}

/** What the system refuses of a path that a user named is a mistake of the user. */
function orUserError<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = reasons[code ?? ''] ?? messageOf(error);
    throw new UserError(`${path}: ${reason}. Hint: name a file that can be read`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file, or a link to none',
  ELOOP: 'a link that leads to itself',
  EACCES: 'may not be read',
};

/**
 * The names of what is in a folder, in their order.
 * @throws UserError where they may not be read
 */
export const namesIn = (folder: string): string[] =>
  orUserError(relative(process.cwd(), folder), () => readdirSync(folder)).sort();

/** Whether a path leads to a folder; false for one that leads nowhere. */
export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/**
 * Makes the folder of a new run, which nobody else has: runs may start in the same second.
 * @returns its path, whose last part is the run's id
 * @throws UserError where it can't be made
 */
export function createRunFolder(reports: string, scenario: string, runId: string): string {
  const parent = join(reports, scenario);
  return orNotWritable(parent, () => {
    mkdirSync(parent, { recursive: true });
    for (let number = 1; ; number++) {
      const folder = join(parent, number === 1 ? runId : `${runId}-${number}`);
      try {
        mkdirSync(folder);
        return folder;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  });
}

function orNotWritable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw notWritable(error, path) ?? error;
  }
}

/** What a disk or its owner can refuse, and what helps. */
const writeErrors: Readonly<Record<string, string>> = {
  ENOSPC: 'make room: npm run bench -- clean --reports',
  EDQUOT: 'make room: npm run bench -- clean --reports',
  EROFS: 'make it writable, or take a copy of the bench elsewhere',
  EACCES: 'make it a folder that you may write to',
  EPERM: 'make it a folder that you may write to',
  ENOTDIR: 'move the file out of the way',
  EEXIST: 'move what is there out of the way',
  EISDIR: 'move what is there out of the way',
};

/**
 * The user's mistake that is behind an error, where the system refused to write: a read-only or
 * foreign folder, a full disk. The database says that in words alone.
 * @param path what was to be written, where the error itself does not know
 */
export function notWritable(error: unknown, path = ''): UserError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path: own = path } = error as NodeJS.ErrnoException;
  const isFull = /No space left on device/i.test(error.message);
  const reason = isFull ? 'ENOSPC' : (code ?? '');
  const hint = writeErrors[reason];
  if (hint === undefined) return undefined;
  const shown = own === '' ? '' : `${relative(process.cwd(), own)}: `;
  const [line = ''] = messageOf(error).split('\n');
  return new UserError(`${shown}can't be written, ${line}. Hint: ${hint}`);
}

/** Points `latest`, beside a run's folder, at the run; at every moment it leads to one. */
export function pointLatestAt(runFolder: string): void {
  const latest = join(dirname(runFolder), 'latest');
  const next = join(dirname(runFolder), `.latest-${basename(runFolder)}`);
  orNotWritable(latest, () => {
    rmSync(next, { force: true });
    symlinkSync(basename(runFolder), next);
    renameSync(next, latest);
  });
}

/** Bytes in a folder and all below it. */
export function folderBytes(folder: string): number {
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) total += lstatSync(join(entry.parentPath, entry.name)).size;
  }
  return total;
}
