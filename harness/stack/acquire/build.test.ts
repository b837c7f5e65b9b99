import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { acquireBinaries } from './index.ts';
import { fileNameOf } from './platform.ts';
import {
  cleanUp,
  collect,
  fakeGo,
  fakeRelease,
  goEnvCase,
  PLATFORM,
  pathWith,
  settingsFor,
  startReleaseHost,
  temporaryDir,
  workingGo,
} from './testing.ts';
import { FIXTURES_DIR } from './versions.ts';

afterEach(cleanUp);

test('where nothing else has it, a program is built from its pinned module', async () => {
  const go = await workingGo();
  const environment = { PATH: pathWith(go), HOME: go, GOPROXY: 'https://proxy.example' };
  // Port 1 on loopback: nobody listens.
  const settings = await settingsFor({ releaseHost: 'http://127.0.0.1:1', environment });
  const { events, add } = collect();
  const acquired = await acquireBinaries(['kind', 'telemetrygen'], settings, add);
  const file = fileNameOf('kind', '0.33.0', PLATFORM);
  const at = path.join(settings.cacheDir, 'binaries', file);
  expect(acquired[0]).toEqual({ name: 'kind', version: '0.33.0', path: at, source: 'build' });
  expect(acquired[1]).toMatchObject({ name: 'telemetrygen', source: 'build' });
  const calls = (await readFile(path.join(go, 'calls'), 'utf8')).split('\n');
  expect(calls[1]).toBe('list -deps -f {{.ImportPath}} sigs.k8s.io/kind');
  expect(calls[2]).toMatch(/^build -v -trimpath -ldflags=-s -w -o \S+kind sigs\.k8s\.io\/kind$/);
  const seen = await readFile(path.join(go, 'environment'), 'utf8');
  expect(seen.split('\n')).toEqual(
    expect.arrayContaining([
      'CGO_ENABLED=0',
      'GOFLAGS=-buildvcs=false',
      'GOPROXY=https://proxy.example',
    ]),
  );
  const texts = events.map((event) => event.text);
  expect(texts).toContainEqual(expect.stringMatching(/^no download: http:.*ECONNREFUSED/));
  expect(texts).toContainEqual(
    expect.stringMatching(
      /^building from source, once: kind, telemetrygen; some \d+ min .* \d+ GB .*\d+ GB are free/,
    ),
  );
  expect(await readdir(path.join(settings.cacheDir, 'work'))).toEqual([]);
  const [again] = await acquireBinaries(['kind'], settings, add);
  expect(again).toMatchObject({ path: at, source: 'cache' });
});

test('a wrong checksum is never used: the build is next', async () => {
  const release = await fakeRelease('prometheus');
  const sums = `${'0'.repeat(64)}  ${release.file}\n`;
  const host = await startReleaseHost({ ...release, sums });
  const environment = { PATH: pathWith(await workingGo()) };
  const settings = await settingsFor({ releaseHost: host.url, environment });
  const { events, add } = collect();
  const [got] = await acquireBinaries(['prometheus'], settings, add);
  expect(got?.source).toBe('build');
  expect(await readFile(got?.path ?? '', 'utf8')).not.toBe(release.program);
  expect(events.map((event) => event.text).join('\n')).toContain('wrong checksum: expected 0000');
  expect(await readdir(path.join(settings.cacheDir, 'downloads'))).toEqual([]);
});

test('tempo is built at its commit', async () => {
  const environment = { PATH: pathWith(await workingGo()) };
  const settings = await settingsFor({ environment, sources: ['cache', 'build'] });
  const [got] = await acquireBinaries(['tempo'], settings, () => {});
  expect(got).toMatchObject({ version: 'main-ed943d7', source: 'build' });
  const [again] = await acquireBinaries(['tempo'], settings, () => {});
  expect(again).toMatchObject({ version: 'main-ed943d7', source: 'cache' });
});

test('runs side by side share one build', async () => {
  const go = await workingGo();
  const environment = { PATH: pathWith(go) };
  const settings = await settingsFor({ environment, sources: ['cache', 'build'] });
  const runs = await Promise.all(
    [1, 2, 3].map(() => acquireBinaries(['kind'], settings, () => {})),
  );
  expect(runs.map(([got]) => got?.source).toSorted()).toEqual(['build', 'cache', 'cache']);
  const calls = (await readFile(path.join(go, 'calls'), 'utf8')).split('\n');
  expect(calls.filter((call) => call.startsWith('build'))).toHaveLength(1);
});

test('a build that fails says what go said, and lands nothing', async () => {
  const build = 'echo runtime >&2; echo "write: no space left on device" >&2; exit 1';
  const go = await fakeGo({ env: goEnvCase('go1.26.8'), list: 'echo main', build });
  const environment = { PATH: pathWith(go) };
  const settings = await settingsFor({ environment, sources: ['build'] });
  const got = acquireBinaries(['kind'], settings, () => {});
  await expect(got).rejects.toThrow(/build: `go build` failed: runtime\nwrite: no space left/);
  expect(existsSync(path.join(settings.cacheDir, 'binaries'))).toBe(false);
});

test('no go and an old go say which one to install, before anything is built', async () => {
  const none = await settingsFor({ environment: { PATH: '/nowhere' }, sources: ['build'] });
  const missing = acquireBinaries(['kind', 'loki'], none, () => {});
  await expect(missing).rejects.toThrow(/no `go` on the PATH; install Go 1\.26\.\d+ or newer/);
  await expect(missing).rejects.toThrow(/Cannot get kind .*\n.*Cannot get loki/s);
  const go = await fakeGo({ env: goEnvCase('go1.24.1'), list: 'exit 1', build: 'exit 1' });
  const old = await settingsFor({ environment: { PATH: pathWith(go) }, sources: ['build'] });
  await expect(acquireBinaries(['kind', 'loki'], old, () => {})).rejects.toThrow(
    /Go 1\.26\.\d+ or newer is needed, 1\.24\.1 was found, for loki; .*GOTOOLCHAIN=auto/,
  );
  expect(await readFile(path.join(go, 'calls'), 'utf8')).toMatch(/^env -json [A-Z ]+\n$/);
});

test('a disk without room is refused before the build, with what is needed', async () => {
  const fixturesDir = await temporaryDir();
  const text = await readFile(path.join(FIXTURES_DIR, 'versions.yaml'), 'utf8');
  await writeFile(
    path.join(fixturesDir, 'versions.yaml'),
    text.replaceAll(/gigabytes: \{ modules: [\d.]+/g, 'gigabytes: { modules: 9000000'),
  );
  await mkdir(path.join(fixturesDir, 'binaries'));
  const kind = path.join('binaries', 'kind');
  await cp(path.join(FIXTURES_DIR, kind), path.join(fixturesDir, kind), { recursive: true });
  const go = await workingGo();
  const environment = { PATH: pathWith(go) };
  const settings = await settingsFor({ environment, fixturesDir, sources: ['build'] });
  await expect(acquireBinaries(['kind'], settings, () => {})).rejects.toThrow(
    /building kind takes some 1 min .*90000\d\d\.\d GB of it under .* GB free; make room/,
  );
  expect(await readFile(path.join(go, 'calls'), 'utf8')).not.toContain('build');
});
