import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { acquireManifest } from './manifest.ts';
import { cleanUp, settingsFor, startHost, temporaryDir } from './testing.ts';
import { FIXTURES_DIR } from './versions.ts';

afterEach(cleanUp);

const FILE = 'cert-manager-v1.11.5.yaml';
const CONTENT = 'apiVersion: v1\nkind: Namespace\n';
const URL_PATH = '/cert-manager/cert-manager/releases/download/v1.11.5/cert-manager.yaml';

/** The pinned versions, with the checksum of `CONTENT` added for cert-manager. */
async function fixturesThatAccept(content: string): Promise<string> {
  const dir = await temporaryDir();
  const sum = createHash('sha256').update(content).digest('hex');
  const text = await readFile(path.join(FIXTURES_DIR, 'versions.yaml'), 'utf8');
  const known = /- ([0-9a-f]{64})/;
  expect(text).toMatch(known);
  await writeFile(path.join(dir, 'versions.yaml'), text.replace(known, `- $1\n      - ${sum}`));
  return dir;
}

test('the mirror’s copy is used where it lies', async () => {
  const mirrorDir = await temporaryDir();
  const at = path.join(mirrorDir, 'manifests', FILE);
  await mkdir(path.dirname(at));
  await writeFile(at, 'anything');
  const settings = await settingsFor({ mirrorDir, releaseHost: 'http://127.0.0.1:1' });
  expect(await acquireManifest('cert-manager', settings)).toEqual({
    name: 'cert-manager',
    version: 'v1.11.5',
    path: at,
    source: 'mirror',
  });
});

test('a download with a pinned checksum is kept', async () => {
  const host = await startHost((_request, response) => response.end(CONTENT));
  const fixturesDir = await fixturesThatAccept(CONTENT);
  const settings = await settingsFor({ fixturesDir, releaseHost: host.url });
  const got = await acquireManifest('cert-manager', settings);
  expect(got.source).toBe('download');
  expect(await readFile(got.path, 'utf8')).toBe(CONTENT);
  expect(host.requests).toEqual([URL_PATH]);
  const again = await acquireManifest('cert-manager', settings);
  expect(again).toEqual({ ...got, source: 'cache' });
  expect(host.requests).toHaveLength(1);
});

test('a download with another checksum is refused; the message says how to pin it', async () => {
  const host = await startHost((_request, response) => response.end(CONTENT));
  const settings = await settingsFor({ releaseHost: host.url });
  const sum = createHash('sha256').update(CONTENT).digest('hex');
  const got = acquireManifest('cert-manager', settings);
  await expect(got).rejects.toThrow(UserError);
  await expect(got).rejects.toThrow(`found ${sum}`);
  await expect(got).rejects.toThrow('manifests.cert-manager.sha256');
  expect(existsSync(path.join(settings.cacheDir, 'manifests', FILE))).toBe(false);
});

test('sources that are not allowed are not touched', async () => {
  const host = await startHost((_request, response) => response.end(CONTENT));
  const settings = await settingsFor({ releaseHost: host.url, sources: ['mirror', 'cache'] });
  await expect(acquireManifest('opentelemetry-operator', settings)).rejects.toThrow(
    /opentelemetry-operator v0\.148\.0:\n {2}cache: there is no/,
  );
  expect(host.requests).toEqual([]);
});
