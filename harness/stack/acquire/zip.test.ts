import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cleanUp, temporaryDir, ZIP_FROM_ANOTHER_TOOL } from './testing.ts';
import { extractZipEntry } from './zip.ts';

let dir: string;
let archive: string;

beforeEach(async () => {
  dir = await temporaryDir();
  archive = path.join(dir, 'a.zip');
  await writeFile(archive, ZIP_FROM_ANOTHER_TOOL);
});
afterEach(cleanUp);

async function extract(member: string): Promise<string> {
  const target = path.join(dir, 'out');
  await extractZipEntry(archive, member, target);
  return await readFile(target, 'utf8');
}

test('reads a deflated, a stored and an empty entry', async () => {
  expect(await extract('loki-linux-amd64')).toBe(`#!/bin/sh\necho loki ${'x'.repeat(200)}\n`);
  expect(await extract('docs/LICENSE')).toBe('stored as it is\n');
  expect(await extract('empty')).toBe('');
});

test('says which entries there are when one is missing', async () => {
  await expect(extract('loki')).rejects.toThrow(
    'has no entry loki: loki-linux-amd64, docs/LICENSE, empty',
  );
});

test('a changed byte is noticed', async () => {
  const bytes = Buffer.from(ZIP_FROM_ANOTHER_TOOL);
  const at = bytes.indexOf('stored as it is');
  bytes.write('S', at);
  await writeFile(archive, bytes);
  await expect(extract('docs/LICENSE')).rejects.toThrow('CRC-32');
});

test('what is no archive, and what was cut off, is refused', async () => {
  await writeFile(archive, 'Not Found');
  await expect(extract('empty')).rejects.toThrow('is no zip archive');
  await writeFile(archive, ZIP_FROM_ANOTHER_TOOL.subarray(100));
  await expect(extract('loki-linux-amd64')).rejects.toThrow(/damaged|cut off/);
});
