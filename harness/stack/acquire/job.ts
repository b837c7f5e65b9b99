import { constants } from 'node:fs';
import { access, chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UserError } from '../../lib/errors.ts';
import { runProgram } from '../../shell/run-program.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import { type LockHolder, withLock } from './lock.ts';
import { fileNameOf, type Platform, platformOf } from './platform.ts';
import type { Acquired, AcquireEvent, AcquireSettings, BinaryName, Source } from './types.ts';
import { type BinaryPin, FIXTURES_DIR, pinAt, readVersions, releaseVersion } from './versions.ts';

const PROBE_MS = 60_000;

/** One program to obtain, with all that its sources need to know. */
export interface Job {
  readonly name: BinaryName;
  readonly pin: BinaryPin;
  /** The version whose Go modules `fixtures/binaries` has. */
  readonly builtVersion: string;
  readonly platform: Platform;
  readonly settings: AcquireSettings;
  readonly client: HttpClient;
  readonly signal: AbortSignal | undefined;
  /** Reports progress. */
  readonly say: (source: Source, text: string, fraction?: number) => void;
  /** Why each source tried so far did not give the program. */
  readonly reasons: Map<Source, string>;
}

/** A source gave the program, or says why not. */
export type Attempt =
  | { readonly ok: true; readonly acquired: Acquired }
  | { readonly ok: false; readonly reason: string };

/**
 * What the sources of each program need to know.
 * @throws UserError for a platform without programs, and for a mirror that is no folder
 */
export async function createJobs(
  names: readonly BinaryName[],
  settings: AcquireSettings,
  onEvent: (event: AcquireEvent) => void,
  signal: AbortSignal | undefined,
): Promise<Job[]> {
  const versions = await readVersions(settings.fixturesDir);
  const platform = platformOf(settings.platform);
  await checkMirror(settings.mirrorDir);
  const client = await createHttpClient(settings);
  return names.map((name) => {
    const started = performance.now();
    const say = (source: Source, text: string, fraction?: number) => {
      const elapsedMs = Math.round(performance.now() - started);
      const known = fraction === undefined ? {} : { fraction };
      onEvent({ name, source, text, ...known, elapsedMs });
    };
    const pinned = versions.binaries[name];
    const version = settings.versions?.[name] ?? pinned.version;
    const pin = version === pinned.version ? pinned : pinAt(pinned, version);
    const builtVersion = pinned.version;
    return { name, pin, builtVersion, platform, settings, client, signal, say, reasons: new Map() };
  });
}

async function checkMirror(mirrorDir: string | undefined): Promise<void> {
  if (mirrorDir === undefined) return;
  const found = await stat(mirrorDir).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new UserError(
    `The mirror ${mirrorDir} is no folder: let BENCH_MIRROR name a folder that holds binaries/, ` +
      'or unset it.',
  );
}

export function fixturesOf(settings: AcquireSettings): string {
  return settings.fixturesDir ?? FIXTURES_DIR;
}

/** Looks into the mirror, whose files are used where they lie. */
export async function fromMirror(job: Job): Promise<Attempt> {
  const { name, pin, platform, settings } = job;
  if (!settings.mirrorDir) return { ok: false, reason: 'no mirror folder was given' };
  const file = fileNameOf(name, pin.version, platform);
  const at = path.join(settings.mirrorDir, 'binaries', file);
  const reason = await unusable(at);
  if (reason) return { ok: false, reason };
  const acquired = { name, version: pin.version, path: at, source: 'mirror' } as const;
  return { ok: true, acquired };
}

/** Looks into the cache: what a release gave before, else what a build gave. */
export async function fromCache(job: Job): Promise<Attempt> {
  const { name, pin } = job;
  const reasons = new Set<string>();
  for (const version of new Set([releaseVersion(pin) ?? pin.version, pin.version])) {
    const at = cachedPath(job, version);
    const reason = await unusable(at);
    if (!reason) return { ok: true, acquired: { name, version, path: at, source: 'cache' } };
    reasons.add(reason);
  }
  return { ok: false, reason: [...reasons].join(', ') };
}

/** Where the cache keeps a version of the job's program. */
function cachedPath(job: Job, version: string): string {
  const file = fileNameOf(job.name, version, job.platform);
  return path.join(job.settings.cacheDir, 'binaries', file);
}

async function unusable(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size === 0) return `${file} is no program`;
    await access(file, constants.X_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return `there is no ${file}`;
    if (code === 'EACCES') return `${file} may not be executed (chmod +x)`;
    return messageOf(error);
  }
}

/**
 * Runs `work` as the only one, among all runs that share the cache, that obtains this program.
 * `work` gets an empty folder, on the disk of the cache, that is gone afterwards.
 */
export async function alone<T>(
  job: Job,
  source: Source,
  doing: string,
  work: (workDir: string) => Promise<T>,
): Promise<T> {
  const { name, settings, platform, signal } = job;
  const key = fileNameOf(name, 'any', platform);
  const workDir = path.join(settings.cacheDir, 'work', key);
  const onWait = (holder: LockHolder | undefined) => job.say(source, waitText(holder));
  const file = path.join(settings.cacheDir, 'locks', key);
  return await withLock(file, { doing, onWait, signal }, async () => {
    // Whoever held the lock before may have been killed half-way.
    await rm(workDir, { recursive: true, force: true });
    await mkdir(workDir, { recursive: true });
    try {
      return await work(workDir);
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
  });
}

export function waitText(holder: LockHolder | undefined): string {
  return holder
    ? `waiting for process ${holder.pid}, which is ${holder.doing}`
    : 'waiting for another run of the bench';
}

/**
 * Puts a finished program into the cache by rename: what lies there is always whole. It must
 * first answer its probe, where it was made for this machine.
 */
export async function land(job: Job, source: Source, from: string, version: string) {
  const { name, pin, settings } = job;
  await chmod(from, 0o755);
  if (settings.platform.os === process.platform && settings.platform.arch === process.arch) {
    const reason = await runsHere(from, pin.probe, job.signal);
    if (reason) throw new Error(reason);
  }
  const target = cachedPath(job, version);
  await mkdir(path.dirname(target), { recursive: true });
  await rename(from, target);
  return { name, version, path: target, source } satisfies Acquired;
}

/** Lets a program answer its probe; says why it does not, undefined where it does. */
export async function runsHere(
  file: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const { code, errors } = await runProgram(file, args, { signal, timeoutMs: PROBE_MS });
    return code === 0 ? undefined : `it does not run here: exit code ${code}, ${errors}`;
  } catch (error) {
    signal?.throwIfAborted();
    return `it does not run here: ${messageOf(error)}`;
  }
}

/** Runs a source and turns what it throws into its reason; an abort goes on. */
export async function attempt(job: Job, work: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await work();
  } catch (error) {
    job.signal?.throwIfAborted();
    return { ok: false, reason: messageOf(error) };
  }
}
