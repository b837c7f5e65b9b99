import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { removeCache } from './cache.ts';
import { fileNameOf } from './platform.ts';
import { surveyBinaries } from './survey.ts';
import {
  cleanUp,
  fakeRelease,
  PLATFORM,
  settingsFor,
  startHost,
  startReleaseHost,
  writeProgram,
} from './testing.ts';

afterEach(cleanUp);

const PROMETHEUS = fileNameOf('prometheus', '3.14.0', PLATFORM);

test('what is there is started, what does not start is named', async () => {
  const settings = await settingsFor({});
  const at = path.join(settings.cacheDir, 'binaries', PROMETHEUS);
  await writeProgram(at);
  expect(await surveyBinaries(['prometheus'], settings)).toMatchObject({
    ready: [{ name: 'prometheus', source: 'cache', path: at }],
    missing: [],
    broken: [],
  });
  await writeProgram(at, '#!/bin/sh\necho bad build >&2\nexit 3\n');
  const { ready, broken } = await surveyBinaries(['prometheus'], settings);
  expect(ready).toEqual([]);
  expect(broken[0]?.reason).toBe('it does not run here: exit code 3, bad build');
});

test('what is missing: the release host is asked, and nothing is fetched', async () => {
  const host = await startReleaseHost(await fakeRelease('prometheus'));
  const settings = await settingsFor({ releaseHost: host.url });
  const survey = await surveyBinaries(['prometheus'], settings);
  expect([survey.missing, survey.noDownload]).toEqual([['prometheus'], undefined]);
  expect(host.requests).toHaveLength(1);
  expect(host.requests[0]).toContain('sha256sums.txt');
});

test('why there is no download and no build is said', async () => {
  const host = await startHost((_request, response) => response.writeHead(503).end());
  const settings = await settingsFor({ releaseHost: host.url, environment: { PATH: '' } });
  const { noDownload, build } = await surveyBinaries(['prometheus'], settings);
  expect(noDownload).toContain('answered 503');
  expect(build).toMatchObject({ ok: false, reason: expect.stringContaining('no `go`') });
});

test('a cache is removed whole, and not while it is written to', async () => {
  const settings = await settingsFor({});
  await writeProgram(path.join(settings.cacheDir, 'binaries', PROMETHEUS), 'x'.repeat(1_000));
  const holder = path.join(settings.cacheDir, 'locks', 'build.holder');
  await writeProgram(holder, JSON.stringify({ pid: process.pid, doing: 'building loki' }));
  expect(() => removeCache(settings.cacheDir)).toThrow(`process ${process.pid} is building loki`);
  await writeProgram(holder, JSON.stringify({ pid: 2 ** 30, doing: 'building loki' }));
  expect(removeCache(settings.cacheDir)).toBeGreaterThan(1_000);
  expect(removeCache(settings.cacheDir)).toBeUndefined();
});
