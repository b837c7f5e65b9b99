import path from 'node:path';
import { UserError } from '../../lib/errors.ts';
import { checkBuilds, fromModule } from './build.ts';
import {
  type Attempt,
  alone,
  attempt,
  createJobs,
  fromCache,
  fromMirror,
  type Job,
  waitText,
} from './job.ts';
import { withLock } from './lock.ts';
import { fromRelease } from './release.ts';
import {
  type Acquired,
  type AcquireEvent,
  type AcquireSettings,
  type BinaryName,
  SOURCES,
  type Source,
} from './types.ts';
import { releaseVersion } from './versions.ts';

export { removeCache } from './cache.ts';
export { type Survey, surveyBinaries } from './survey.ts';
export * from './types.ts';
export { decodeVersions, FIXTURES_DIR, readVersions, type Versions } from './versions.ts';

/**
 * Obtains programs, in the versions that `fixtures/versions.yaml` pins, each from the first source
 * that has it: the mirror, the cache, its publisher's release, a build from pinned Go modules.
 * Downloads run side by side; builds one after the other, once all else has been tried, after
 * saying what they cost. Runs that share a cache share the work.
 *
 * Answers in the order of `names`. Throws a `UserError` that lists, for each program that could not
 * be had, what each source said; rejects with the signal's reason when it is aborted.
 */
export async function acquireBinaries(
  names: readonly BinaryName[],
  settings: AcquireSettings,
  onEvent: (event: AcquireEvent) => void,
  signal?: AbortSignal,
): Promise<Acquired[]> {
  signal?.throwIfAborted();
  const jobs = await createJobs([...new Set(names)], settings, onEvent, signal);
  const found = new Map<BinaryName, Acquired>();
  const tried = await Promise.allSettled(
    jobs.map(async (job) => {
      const acquired = await withoutBuilding(job);
      if (acquired) found.set(job.name, acquired);
    }),
  );
  signal?.throwIfAborted();
  for (const result of tried) if (result.status === 'rejected') throw result.reason;
  const missing = jobs.filter((job) => !found.has(job.name));
  for (const acquired of await buildAll(missing)) found.set(acquired.name, acquired);
  return names.flatMap((name) => found.get(name) ?? []);
}

function allows(job: Job, source: Source): boolean {
  return job.settings.sources?.includes(source) ?? true;
}

/** Notes why a source failed, or that it did not. */
function settle(job: Job, source: Source, result: Attempt): Acquired | undefined {
  if (!result.ok) {
    job.reasons.set(source, result.reason);
    if (source === 'mirror' && job.settings.mirrorDir) job.say(source, result.reason);
    return undefined;
  }
  const { version, source: from } = result.acquired;
  job.say(from, `${job.name} ${version} is ready, from the ${from}`, 1);
  return result.acquired;
}

async function withoutBuilding(job: Job): Promise<Acquired | undefined> {
  const looks = [
    ['mirror', fromMirror],
    ['cache', fromCache],
  ] as const;
  for (const [source, look] of looks) {
    const got = allows(job, source) && settle(job, source, await attempt(job, () => look(job)));
    if (got) return got;
  }
  if (!allows(job, 'download')) return undefined;
  const doing = `downloading ${job.name}`;
  const result = await attempt(job, () =>
    alone(job, 'download', doing, async (workDir) => {
      const meanwhile = await cachedMeanwhile(job);
      return meanwhile ?? (await fromRelease(job, workDir));
    }),
  );
  if (!result.ok) job.say('download', `no download: ${result.reason}`);
  return settle(job, 'download', result);
}

/** What another run has put into the cache while this one waited for it. */
async function cachedMeanwhile(job: Job): Promise<Attempt | undefined> {
  if (!allows(job, 'cache')) return undefined;
  const cached = await fromCache(job);
  return cached.ok ? cached : undefined;
}

async function buildAll(jobs: readonly Job[]): Promise<Acquired[]> {
  const [first] = jobs;
  if (!first) return [];
  if (!allows(first, 'build')) throw failure(jobs);
  const check = await checkBuilds(jobs);
  if (!check.ok) {
    for (const job of jobs) job.reasons.set('build', check.reason);
    throw failure(jobs);
  }
  first.say('build', check.plan);
  const acquired: Acquired[] = [];
  for (const job of jobs) {
    const got = settle(job, 'build', await attempt(job, () => buildOne(job)));
    if (!got) throw failure([job]);
    acquired.push(got);
  }
  return acquired;
}

async function buildOne(job: Job): Promise<Attempt> {
  const doing = `building ${job.name}`;
  return await alone(job, 'build', doing, async (workDir) => {
    const meanwhile = await cachedMeanwhile(job);
    if (meanwhile) return meanwhile;
    // One build at a time on this machine: each takes all cores and gigabytes of memory.
    const lock = path.join(job.settings.cacheDir, 'locks', 'build');
    const onWait = (holder: Parameters<typeof waitText>[0]) => job.say('build', waitText(holder));
    return await withLock(lock, { doing, onWait, signal: job.signal }, () =>
      fromModule(job, workDir),
    );
  });
}

/** One message for all that is missing: what was tried for each, and what would help. */
function failure(jobs: readonly Job[]): UserError {
  const parts = jobs.map((job) => {
    const released = releaseVersion(job.pin);
    const other = released && released !== job.pin.version ? ` (download: ${released})` : '';
    const target = `${job.platform.os}/${job.platform.arch}`;
    const lines = SOURCES.map((source) => {
      const reason = job.reasons.get(source);
      return `  ${source}: ${reason ?? 'not asked for'}`;
    });
    return `Cannot get ${job.name} ${job.pin.version}${other} for ${target}:\n${lines.join('\n')}`;
  });
  const help =
    'Any one of these helps: a connection to the release host (HTTPS_PROXY and ' +
    'NODE_EXTRA_CA_CERTS are honoured), Go with room on the disk for a build, or a folder with ' +
    'the programs in binaries/, named by BENCH_MIRROR.';
  return new UserError(`${parts.join('\n')}\n${help}`);
}
