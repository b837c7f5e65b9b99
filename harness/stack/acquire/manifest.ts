import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UserError } from '../../lib/errors.ts';
import { downloadVerified } from './download.ts';
import { createHttpClient } from './http.ts';
import { withLock } from './lock.ts';
import type { AcquiredManifest, AcquireSettings, ManifestName, Source } from './types.ts';
import { readVersions, withHost } from './versions.ts';

/**
 * Obtains a pinned Kubernetes manifest: from the mirror (trusted as it is), the cache, or its
 * publisher's release, which must have a checksum that `fixtures/versions.yaml` names.
 * Throws a `UserError` that says what was tried and how to mend it.
 */
export async function acquireManifest(
  name: ManifestName,
  settings: AcquireSettings,
  signal?: AbortSignal,
): Promise<AcquiredManifest> {
  const pin = (await readVersions(settings.fixturesDir)).manifests[name];
  const { version } = pin;
  const file = `${name}-${version}.yaml`;
  const allowed = (source: Source) => settings.sources?.includes(source) ?? true;
  const tried: string[] = [];
  const { mirrorDir } = settings;
  const mirrored = mirrorDir && path.join(mirrorDir, 'manifests', file);
  if (mirrored && allowed('mirror')) {
    if (await isFile(mirrored)) return { name, version, path: mirrored, source: 'mirror' };
    tried.push(`mirror: there is no ${mirrored}`);
  }
  const cached = path.join(settings.cacheDir, 'manifests', file);
  if (allowed('cache')) {
    if (await isFile(cached)) return { name, version, path: cached, source: 'cache' };
    tried.push(`cache: there is no ${cached}`);
  }
  if (allowed('download')) {
    try {
      await download(withHost(pin.url, settings.releaseHost), pin.sha256, cached, settings, signal);
      return { name, version, path: cached, source: 'download' };
    } catch (error) {
      signal?.throwIfAborted();
      tried.push(`download: ${messageOf(error)}`);
    }
  }
  throw new UserError(
    `Cannot get the manifest of ${name} ${version}:\n  ${tried.join('\n  ')}\n` +
      `To fix it: put ${file} into manifests/ of a folder that BENCH_MIRROR names. Where only ` +
      'the checksum was wrong, read the published file, and if it is right, add its checksum ' +
      `under manifests.${name}.sha256 in fixtures/versions.yaml.`,
  );
}

async function download(
  url: string,
  sha256: readonly string[],
  target: string,
  settings: AcquireSettings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const client = await createHttpClient(settings);
  await mkdir(path.dirname(target), { recursive: true });
  await withLock(`${target}.lock`, { doing: `fetching ${url}`, signal }, async () => {
    if (await isFile(target)) return;
    const partFile = `${target}.part`;
    await rm(partFile, { force: true });
    await downloadVerified({ url, partFile, sha256, client, signal, onProgress: () => {} });
    await rename(partFile, target);
  });
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
