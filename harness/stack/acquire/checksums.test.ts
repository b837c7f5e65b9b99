import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { digestLike, findChecksum, sha256Of } from './checksums.ts';
import { cleanUp, temporaryDir } from './testing.ts';

afterEach(cleanUp);

const SUM = 'AB'.repeat(32);

test.each([
  ['two blanks', `${SUM}  k6.tar.gz`],
  ['a star for binary mode', `${SUM} *k6.tar.gz`],
  ['a folder prefix', `${SUM}  ./k6.tar.gz`],
  ['windows line ends', `${SUM}  k6.tar.gz\r\n`],
])('finds a file in a checksum file with %s', (_what, line) => {
  const sums = `${'0'.repeat(64)}  k6.tar.gz.sbom.json\n${line}\n${'1'.repeat(64)}  other\n`;
  expect(findChecksum(sums, 'k6.tar.gz')).toBe('ab'.repeat(32));
});

test('finds a SHA-512 as well, and hashes as it was published', async () => {
  const sums = `${'cd'.repeat(64)}  caddy.tar.gz\n`;
  expect(findChecksum(sums, 'caddy.tar.gz')).toBe('cd'.repeat(64));
  const file = path.join(await temporaryDir(), 'file');
  await writeFile(file, 'abc');
  // FIPS 180-2, appendix C.1.
  expect(await digestLike(file, 'cd'.repeat(64))).toMatch(/^ddaf35a193617aba.*a54ca49f$/);
  expect(await digestLike(file, 'cd'.repeat(32))).toBe(await sha256Of(file));
});

test('a longer name, a shorter digest and an empty file are no match', () => {
  expect(findChecksum(`${SUM}  k6.tar.gz.sbom.json\n`, 'k6.tar.gz')).toBeUndefined();
  expect(findChecksum(`${SUM.slice(2)}  k6.tar.gz\n`, 'k6.tar.gz')).toBeUndefined();
  expect(findChecksum('', 'k6.tar.gz')).toBeUndefined();
});

test('hashes a file as the standard says', async () => {
  const file = path.join(await temporaryDir(), 'file');
  await writeFile(file, 'abc');
  // FIPS 180-2, appendix B.1.
  const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(await sha256Of(file)).toBe(known);
});
