import { messageOf } from '../../lib/errors.ts';
import { type BuildCheck, checkBuilds } from './build.ts';
import { fetchText } from './http.ts';
import { attempt, createJobs, fromCache, fromMirror, type Job, runsHere } from './job.ts';
import type { Acquired, AcquireSettings, BinaryName } from './types.ts';
import { releaseAsset } from './versions.ts';

/** What could be had without fetching anything, and whether the rest can be fetched. */
export interface Survey {
  readonly ready: readonly Acquired[];
  readonly missing: readonly BinaryName[];
  /** Lie in the mirror or in the cache but do not start. */
  readonly broken: readonly { readonly acquired: Acquired; readonly reason: string }[];
  /** Why the releases of what is missing can't be fetched; undefined where they can. */
  readonly noDownload: string | undefined;
  readonly build: BuildCheck;
}

const askMs = 5_000;
const nothingMissing = 'nothing is missing';

/**
 * Looks where programs would come from, without fetching one: starts those that are there, asks
 * the release host for a checksum file, looks for Go and for room to build.
 * @throws UserError for a platform without programs, and for a mirror that is no folder
 */
export async function surveyBinaries(
  names: readonly BinaryName[],
  settings: AcquireSettings,
): Promise<Survey> {
  const jobs = await createJobs(names, settings, () => undefined, undefined);
  const found = await Promise.all(jobs.map(lookFor));
  const missing = jobs.filter((_, i) => !found[i]);
  return {
    ready: found.flatMap((look) => (look && !look.reason ? look.acquired : [])),
    missing: missing.map(({ name }) => name),
    broken: found.flatMap((look) =>
      look?.reason ? { acquired: look.acquired, reason: look.reason } : [],
    ),
    noDownload: missing.length === 0 ? nothingMissing : await whyNoDownload(missing),
    build:
      missing.length === 0 ? { ok: false, reason: nothingMissing } : await checkBuilds(missing),
  };
}

async function lookFor(
  job: Job,
): Promise<{ readonly acquired: Acquired; readonly reason: string | undefined } | undefined> {
  for (const look of [fromMirror, fromCache]) {
    const result = await attempt(job, () => look(job));
    if (!result.ok) continue;
    const { acquired } = result;
    return { acquired, reason: await runsHere(acquired.path, job.pin.probe, undefined) };
  }
  return undefined;
}

/** Each that is missing must have a release, and the host of one of them must answer. */
async function whyNoDownload(missing: readonly Job[]): Promise<string | undefined> {
  const assets = missing.map(({ name, pin, platform, settings }) => ({
    name,
    asset: releaseAsset(pin, platform, settings.releaseHost),
  }));
  const unreleased = assets.filter(({ asset }) => !asset).map(({ name }) => name);
  if (unreleased.length > 0) return `no release of ${unreleased.join(', ')} for this platform`;
  const [job] = missing;
  const url = assets[0]?.asset?.checksumsUrl;
  if (!job || !url) return nothingMissing;
  try {
    await fetchText(job.client, url, AbortSignal.timeout(askMs));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
