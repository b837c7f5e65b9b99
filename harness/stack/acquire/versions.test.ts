import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { BINARY_NAMES } from './types.ts';
import {
  decodeVersions,
  FIXTURES_DIR,
  readVersions,
  releaseAsset,
  releaseVersion,
  withHost,
} from './versions.ts';

const LINUX = { os: 'linux', arch: 'amd64' } as const;

describe('the pinned versions', () => {
  test('are those that the issue names', async () => {
    const { binaries } = await readVersions();
    const versions = BINARY_NAMES.map((name) => `${name} ${binaries[name].version}`);
    expect(versions).toEqual([
      'otelcol-contrib 0.152.0',
      'tempo main-ed943d7',
      'loki 3.7.8',
      'prometheus 3.14.0',
      'k6 1.8.1',
      'telemetrygen 0.161.0',
      'kind 0.33.0',
      'caddy 2.11.2',
      'nats-server 2.12.4',
      'target-allocator 0.148.0',
    ]);
    expect(releaseVersion(binaries.tempo)).toBe('2.6.1');
    expect(releaseVersion(binaries.telemetrygen)).toBeUndefined();
  });

  test.each([
    ['otelcol-contrib', 'otelcol-contrib_0.152.0_linux_amd64.tar.gz', 'otelcol-contrib'],
    ['tempo', 'tempo_2.6.1_linux_amd64.tar.gz', 'tempo'],
    ['loki', 'loki-linux-amd64.zip', 'loki-linux-amd64'],
    [
      'prometheus',
      'prometheus-3.14.0.linux-amd64.tar.gz',
      'prometheus-3.14.0.linux-amd64/prometheus',
    ],
    ['k6', 'k6-v1.8.1-linux-amd64.tar.gz', 'k6-v1.8.1-linux-amd64/k6'],
    ['kind', 'kind-linux-amd64', undefined],
  ] as const)('name the release file of %s', async (name, file, member) => {
    const asset = releaseAsset((await readVersions()).binaries[name], LINUX);
    expect(asset).toMatchObject({ file, member });
    expect(asset?.url).toMatch(/^https:\/\/github\.com\/.+\/releases\/download\/v[^/{}]+\/[^{}]+$/);
    expect(asset?.checksumsUrl).not.toMatch(/[{}]/);
  });

  test('have a module for every program, at the pinned version', async () => {
    const { binaries } = await readVersions();
    for (const name of BINARY_NAMES) {
      const dir = path.join(FIXTURES_DIR, 'binaries', binaries[name].build.module);
      expect(await readdir(dir)).toEqual(expect.arrayContaining(['go.mod', 'go.sum']));
      const module = await readFile(path.join(dir, 'go.mod'), 'utf8');
      const required: Record<string, string> = {
        tempo: 'tempo v1.5.1-0.20241001135150-ed943d7a56b2',
        prometheus: 'prometheus v0.314.0',
        'otelcol-contrib': 'otelcol v0.152.0',
      };
      const wanted = required[name] ?? ` v${binaries[name].version}`;
      expect(module, name).toContain(wanted);
    }
  });

  test('keep the build of k6 and of its image at one version', async () => {
    const { binaries, images } = await readVersions();
    expect(images.k6.endsWith(`:${binaries.k6.version}`)).toBe(true);
    expect(images.caddy.endsWith(`:${binaries.caddy.version}`)).toBe(true);
    expect(images['nats-server'].endsWith(`:${binaries['nats-server'].version}`)).toBe(true);
    expect(images.tempo.endsWith(`:${binaries.tempo.version}`)).toBe(true);
    expect(images.loki.endsWith(`:${binaries.loki.version}`)).toBe(true);
    expect(images.prometheus.endsWith(`:v${binaries.prometheus.version}`)).toBe(true);
    expect(images.collector.endsWith(`:${binaries['otelcol-contrib'].version}`)).toBe(true);
  });
});

test('a platform that the publisher leaves out has no asset', async () => {
  const { binaries } = await readVersions();
  expect(releaseAsset(binaries.loki, { os: 'windows', arch: 'amd64' })).toBeUndefined();
  expect(releaseAsset(binaries.telemetrygen, LINUX)).toBeUndefined();
  expect(releaseAsset(binaries.k6, { os: 'darwin', arch: 'arm64' })?.file).toBe(
    'k6-v1.8.1-macos-arm64.zip',
  );
});

test('only the public release host is replaced', () => {
  expect(withHost('https://github.com/a/b', 'http://127.0.0.1:1')).toBe('http://127.0.0.1:1/a/b');
  expect(withHost('https://github.com.evil/a', 'http://x')).toBe('https://github.com.evil/a');
  expect(withHost('https://github.com/a', undefined)).toBe('https://github.com/a');
});

test('a mistake is reported with its file, line and key', async () => {
  const file = path.join(FIXTURES_DIR, 'versions.yaml');
  const text = await readFile(file, 'utf8');
  const broken = text.replace('seconds: 600', 'seconds: soon');
  const line = broken.split('\n').findIndex((l) => l.includes('seconds: soon')) + 1;
  const decode = () => decodeVersions(broken, 'versions.yaml');
  expect(decode).toThrow(UserError);
  expect(decode).toThrow(`versions.yaml:${line}:`);
  expect(decode).toThrow('binaries.otelcol-contrib.build.seconds');
  expect(() => decodeVersions(text.replace('  k6:\n', '  k7:\n'), 'f')).toThrow(/k6|k7/);
  expect(() => decodeVersions('', 'f')).toThrow('f is empty');
});

test('a missing file is the user’s to mend', async () => {
  await expect(readVersions('/nowhere')).rejects.toThrow(UserError);
});
