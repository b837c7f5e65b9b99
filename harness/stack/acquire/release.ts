import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { findChecksum } from './checksums.ts';
import { downloadVerified } from './download.ts';
import { fetchText } from './http.ts';
import { type Attempt, type Job, land } from './job.ts';
import { fileNameOf } from './platform.ts';
import { unpackProgram } from './unpack.ts';
import { releaseAsset } from './versions.ts';

const PROGRESS_MS = 250;
const MEGABYTE = 1e6;

/**
 * Fetches a program's release file, checks it against the publisher's checksum file, unpacks it
 * and lands it in the cache. Throws, with a message for a person, where any of it fails.
 */
export async function fromRelease(job: Job, workDir: string): Promise<Attempt> {
  const { name, pin, platform, settings, client, signal, say } = job;
  const asset = releaseAsset(pin, platform, settings.releaseHost);
  if (!asset) {
    const target = `${platform.os}/${platform.arch}`;
    return { ok: false, reason: `its publisher releases no program for ${target}` };
  }
  say('download', `asking for the checksum of ${asset.file}`);
  const sums = await fetchText(client, asset.checksumsUrl, signal);
  const checksum = findChecksum(sums, asset.file);
  if (!checksum) {
    return { ok: false, reason: `${asset.checksumsUrl} has no line for ${asset.file}` };
  }
  const downloads = path.join(settings.cacheDir, 'downloads');
  await mkdir(downloads, { recursive: true });
  const whole = fileNameOf(name, asset.version, platform);
  // The checksum in the name keeps the part of another file from being taken up.
  const partFile = path.join(downloads, `${whole}.${checksum.slice(0, 12)}.part`);
  const onProgress = progress((received, total) => {
    const size = total === undefined ? '' : ` of ${megabytes(total)}`;
    const text = `downloading ${asset.file}: ${megabytes(received)}${size} MB`;
    say('download', text, total === undefined ? undefined : received / total);
  });
  const { url } = asset;
  await downloadVerified({ url, partFile, checksums: [checksum], client, signal, onProgress });
  say('download', `unpacking ${asset.file}`);
  const program = path.join(workDir, whole);
  await unpackProgram(partFile, asset, program, signal);
  const acquired = await land(job, 'download', program, asset.version);
  await rm(partFile, { force: true });
  return { ok: true, acquired };
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0);
}

/** Lets a few reports a second through, and the last one. */
function progress(report: (received: number, total: number | undefined) => void) {
  let next = 0;
  return (received: number, total: number | undefined) => {
    const now = performance.now();
    if (now < next && received !== total) return;
    next = now + PROGRESS_MS;
    report(received, total);
  };
}
