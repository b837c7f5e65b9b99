import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { acquireBinaries } from './index.ts';
import { fileNameOf } from './platform.ts';
import {
  cleanUp,
  collect,
  fakeRelease,
  PLATFORM,
  serveBytes,
  settingsFor,
  startHost,
  startReleaseHost,
  tarball,
  temporaryDir,
  writeProgram,
  ZIP_FROM_ANOTHER_TOOL,
} from './testing.ts';

afterEach(cleanUp);

const PROMETHEUS = fileNameOf('prometheus', '3.14.0', PLATFORM);

test('the mirror wins over the cache, the cache over the release', async () => {
  const host = await startHost((_request, response) => response.writeHead(500).end());
  const mirrorDir = await temporaryDir();
  const settings = await settingsFor({ mirrorDir, releaseHost: host.url });
  const mirrored = await writeProgram(path.join(mirrorDir, 'binaries', PROMETHEUS));
  const tempo = fileNameOf('tempo', 'main-ed943d7', PLATFORM);
  const mirroredTempo = await writeProgram(path.join(mirrorDir, 'binaries', tempo));
  await writeProgram(path.join(settings.cacheDir, 'binaries', PROMETHEUS));
  const cachedK6 = path.join(settings.cacheDir, 'binaries', fileNameOf('k6', '1.8.1', PLATFORM));
  await writeProgram(cachedK6);
  const { events, add } = collect();
  expect(await acquireBinaries(['k6', 'prometheus', 'tempo'], settings, add)).toEqual([
    { name: 'k6', version: '1.8.1', path: cachedK6, source: 'cache' },
    { name: 'prometheus', version: '3.14.0', path: mirrored, source: 'mirror' },
    { name: 'tempo', version: 'main-ed943d7', path: mirroredTempo, source: 'mirror' },
  ]);
  expect(host.requests).toEqual([]);
  expect(events.find((e) => e.name === 'k6')?.text).toMatch(/^there is no .*k6-1\.8\.1/);
});

const OTHER = { 'otelcol-contrib': '0.151.0' } as const;
const OTHER_FILE = fileNameOf('otelcol-contrib', '0.151.0', PLATFORM);

test('another version than the pinned one comes from the mirror, or its own release', async () => {
  const mirrorDir = await temporaryDir();
  const mirrored = await writeProgram(path.join(mirrorDir, 'binaries', OTHER_FILE));
  const none = await startHost((_request, response) => response.writeHead(500).end());
  const own = await settingsFor({ mirrorDir, releaseHost: none.url, versions: OTHER });
  const ready = { name: 'otelcol-contrib', version: '0.151.0' };
  expect(await acquireBinaries(['otelcol-contrib'], own, () => undefined)).toEqual([
    { ...ready, path: mirrored, source: 'mirror' },
  ]);
  expect(none.requests).toEqual([]);
  const release = await fakeRelease('otelcol-contrib', '0.151.0');
  expect(release.assetPath).toMatch(/\/v0\.151\.0\/otelcol-contrib_0\.151\.0_/);
  const host = await startReleaseHost(release);
  const settings = await settingsFor({ releaseHost: host.url, versions: OTHER });
  // What is pinned lies beside it, and is another program.
  const pinned = fileNameOf('otelcol-contrib', '0.152.0', PLATFORM);
  await writeProgram(path.join(settings.cacheDir, 'binaries', pinned));
  const at = path.join(settings.cacheDir, 'binaries', OTHER_FILE);
  expect(await acquireBinaries(['otelcol-contrib'], settings, () => undefined)).toEqual([
    { ...ready, path: at, source: 'download' },
  ]);
  expect(await readFile(at, 'utf8')).toBe(release.program);
  const [again] = await acquireBinaries(['otelcol-contrib'], settings, () => undefined);
  expect(again).toEqual({ ...ready, path: at, source: 'cache' });
});

test('another version whose checksum is not its own is no program, and is not built', async () => {
  const release = await fakeRelease('otelcol-contrib', '0.151.0');
  const strange = { ...release, sums: release.sums.replace(/[0-9a-f]{64}(?= {2}otelcol)/, SHA) };
  const host = await startReleaseHost(strange);
  const settings = await settingsFor({ releaseHost: host.url, versions: OTHER });
  const message = await acquireBinaries(['otelcol-contrib'], settings, () => undefined).then(
    () => 'it was acquired',
    (error: Error) => error.message,
  );
  expect(message).toMatch(/^Cannot get otelcol-contrib 0\.151\.0 for /);
  expect(message).toMatch(/download: .*checksum/i);
  expect(message).toMatch(/build: the Go modules in .* are those of otelcol-contrib 0\.152\.0/);
});
const SHA = '1'.repeat(64);

test('a release is fetched, checked and unpacked once, then it is in the cache', async () => {
  const release = await fakeRelease('prometheus');
  const host = await startReleaseHost(release);
  const settings = await settingsFor({ releaseHost: host.url });
  const { events, add } = collect();
  const [got] = await acquireBinaries(['prometheus'], settings, add);
  const target = path.join(settings.cacheDir, 'binaries', PROMETHEUS);
  expect(got).toEqual({
    name: 'prometheus',
    version: '3.14.0',
    path: target,
    source: 'download',
  });
  expect(await readFile(target, 'utf8')).toBe(release.program);
  expect((await stat(target)).mode & 0o111).toBe(0o111);
  expect(host.requests).toEqual([release.sumsPath, release.assetPath]);
  const whole = events.find((e) => e.fraction === 1 && e.text.startsWith('downloading'));
  expect(whole?.text).toMatch(/^downloading prometheus-3\.14\.0.*: 0\.\d of 0\.\d MB$/);
  expect(events.at(-1)).toMatchObject({ source: 'download', fraction: 1 });
  const [again] = await acquireBinaries(['prometheus'], settings, add);
  expect(again).toMatchObject({ path: target, source: 'cache' });
  expect(host.requests).toHaveLength(2);
  expect(await readdir(path.join(settings.cacheDir, 'downloads'))).toEqual([]);
  expect(await readdir(path.join(settings.cacheDir, 'work'))).toEqual([]);
});

test('tempo’s release has a version of its own', async () => {
  const release = await fakeRelease('tempo');
  const host = await startReleaseHost(release);
  const settings = await settingsFor({ releaseHost: host.url });
  const [got] = await acquireBinaries(['tempo'], settings, () => {});
  const file = fileNameOf('tempo', '2.6.1', PLATFORM);
  expect(got).toMatchObject({ version: '2.6.1', source: 'download' });
  expect(got?.path.endsWith(file)).toBe(true);
  const [again] = await acquireBinaries(['tempo'], settings, () => {});
  expect(again).toMatchObject({ version: '2.6.1', source: 'cache' });
});

test('a release in a zip archive, behind a redirect', async () => {
  const sha256 = createHash('sha256').update(ZIP_FROM_ANOTHER_TOOL).digest('hex');
  const host = await startHost((request, response) => {
    const url = request.url ?? '';
    if (url.endsWith('/SHA256SUMS')) response.end(`${sha256}  loki-linux-amd64.zip\n`);
    else if (url.startsWith('/storage/')) serveBytes(ZIP_FROM_ANOTHER_TOOL, request, response);
    else response.writeHead(302, { location: `/storage/?from=${url}` }).end();
  });
  const platform = { os: 'linux', arch: 'x64' };
  const settings = await settingsFor({ releaseHost: host.url, platform });
  const [got] = await acquireBinaries(['loki'], settings, () => {});
  expect(got).toMatchObject({ version: '3.7.8', source: 'download' });
  expect(await readFile(got?.path ?? '', 'utf8')).toMatch(/^#!\/bin\/sh\necho loki x+\n$/);
});

test('runs side by side share one download', async () => {
  const release = await fakeRelease('prometheus');
  const waiting = Promise.withResolvers<void>();
  // The file is held back until the second run is seen to wait for the first one.
  const host = await startReleaseHost(release, (request, response) => {
    waiting.promise.then(() => serveBytes(release.bytes, request, response));
  });
  const settings = await settingsFor({ releaseHost: host.url });
  const watch = (event: { text: string }) => {
    if (event.text.startsWith('waiting for')) waiting.resolve();
  };
  const runs = await Promise.all([
    acquireBinaries(['prometheus'], settings, watch),
    acquireBinaries(['prometheus'], settings, watch),
  ]);
  expect(runs.map(([got]) => got?.source).toSorted()).toEqual(['cache', 'download']);
  expect(host.requests.filter((r) => r === release.assetPath)).toHaveLength(1);
});

test('what a killed run left half-way is swept away', async () => {
  const release = await fakeRelease('prometheus');
  const host = await startReleaseHost(release);
  const settings = await settingsFor({ releaseHost: host.url });
  const left = path.join(settings.cacheDir, 'work', fileNameOf('prometheus', 'any', PLATFORM));
  await mkdir(left, { recursive: true });
  await writeFile(path.join(left, PROMETHEUS), 'half a program');
  const [got] = await acquireBinaries(['prometheus'], settings, () => {});
  expect(await readFile(got?.path ?? '', 'utf8')).toBe(release.program);
  expect(existsSync(left)).toBe(false);
});

test('a program that does not run here does not land', async () => {
  const release = await fakeRelease('prometheus');
  const bytes = await tarball(release.member, '#!/bin/sh\necho wrong machine >&2\nexit 3\n');
  const sums = `${createHash('sha256').update(bytes).digest('hex')}  ${release.file}\n`;
  const host = await startReleaseHost({ ...release, bytes, sums });
  const settings = await settingsFor({ releaseHost: host.url, sources: ['download'] });
  const got = acquireBinaries(['prometheus'], settings, () => {});
  await expect(got).rejects.toThrow('it does not run here: exit code 3, wrong machine');
  expect(existsSync(path.join(settings.cacheDir, 'binaries', PROMETHEUS))).toBe(false);
});

test('an abort ends the download with its reason and keeps what came', async () => {
  const release = await fakeRelease('prometheus');
  const abort = new AbortController();
  const host = await startReleaseHost(release, (request, response) => {
    if (request.headers.range) return serveBytes(release.bytes, request, response);
    response.writeHead(200, { 'content-length': release.bytes.length });
    response.write(release.bytes.subarray(0, 50_000));
  });
  const settings = await settingsFor({ releaseHost: host.url });
  const stop = (event: { fraction?: number }) => {
    if (event.fraction !== undefined) abort.abort(new Error('stopped by the user'));
  };
  const first = acquireBinaries(['prometheus'], settings, stop, abort.signal);
  await expect(first).rejects.toThrow('stopped by the user');
  const [got] = await acquireBinaries(['prometheus'], settings, () => {});
  expect(got?.source).toBe('download');
  expect(host.requests.at(-1)).toMatch(/ bytes=\d+-$/);
});

test.each([
  ['a missing file', 404, /download: .*answered 404/],
  ['a host in trouble', 503, /download: .*answered 503/],
])('%s fails with what each source said', async (_what, status, reason) => {
  const release = await fakeRelease('prometheus');
  const host = await startReleaseHost(release, (_request, response) =>
    response.writeHead(status).end(),
  );
  const settings = await settingsFor({ releaseHost: host.url, sources: ['cache', 'download'] });
  const got = acquireBinaries(['prometheus'], settings, () => {});
  await expect(got).rejects.toThrow(UserError);
  await expect(got).rejects.toThrow(reason);
  await expect(got).rejects.toThrow(/cache: there is no .*binaries.prometheus-3\.14\.0/);
  await expect(got).rejects.toThrow('mirror: not asked for');
  await expect(got).rejects.toThrow(/^Cannot get prometheus 3\.14\.0 for /);
});

test('a checksum file without a line for the release is a reason of its own', async () => {
  const release = await fakeRelease('prometheus');
  const host = await startReleaseHost({ ...release, sums: `${'0'.repeat(64)}  other\n` });
  const settings = await settingsFor({ releaseHost: host.url, sources: ['download'] });
  const got = acquireBinaries(['prometheus'], settings, () => {});
  await expect(got).rejects.toThrow(`has no line for ${release.file}`);
  expect(host.requests).toEqual([release.sumsPath]);
});

test('a file that is not executable is no program', async () => {
  const settings = await settingsFor({ sources: ['cache'] });
  const cached = path.join(settings.cacheDir, 'binaries', PROMETHEUS);
  await mkdir(path.dirname(cached), { recursive: true });
  await writeFile(cached, 'data', { mode: 0o644 });
  const got = acquireBinaries(['prometheus'], settings, () => {});
  await expect(got).rejects.toThrow(`${cached} may not be executed`);
});

test('a mirror that is no folder and a machine without programs are named at once', async () => {
  const lost = await settingsFor({ mirrorDir: '/nowhere/mirror' });
  await expect(acquireBinaries(['k6'], lost, () => {})).rejects.toThrow('BENCH_MIRROR');
  const platform = { os: 'sunos', arch: 'sparc' };
  const strange = await settingsFor({ platform });
  await expect(acquireBinaries(['k6'], strange, () => {})).rejects.toThrow('sunos/sparc');
});
