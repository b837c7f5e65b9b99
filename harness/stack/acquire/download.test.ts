import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256Of } from './checksums.ts';
import { type Download, downloadVerified } from './download.ts';
import { createHttpClient } from './http.ts';
import { cleanUp, type Handler, serveBytes, startHost, temporaryDir } from './testing.ts';

const BYTES = randomBytes(300_000);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const PIECE = 65_536;

let partFile: string;
beforeEach(async () => {
  partFile = path.join(await temporaryDir(), 'file.part');
});
afterEach(cleanUp);

const whole: Handler = (request, response) => serveBytes(BYTES, request, response);

/** Sends one piece of what was asked for, then breaks the connection. */
const broken: Handler = (request, response) => {
  const from = Number(/=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = { 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` };
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': BYTES.length - from,
    ...(from > 0 ? range : {}),
  });
  response.write(BYTES.subarray(from, from + PIECE), () => response.destroy());
};

async function download(url: string, more: Partial<Download> = {}): Promise<void> {
  const client = await createHttpClient({});
  const onProgress = () => {};
  await downloadVerified({ url, partFile, checksums: [SHA256], client, onProgress, ...more });
}

test('a whole transfer reports its progress up to the end', async () => {
  const host = await startHost(whole);
  const seen: [number, number | undefined][] = [];
  await download(`${host.url}/f`, { onProgress: (...progress) => seen.push(progress) });
  expect(await sha256Of(partFile)).toBe(SHA256);
  expect(seen.at(-1)).toEqual([BYTES.length, BYTES.length]);
  expect(seen.map(([received]) => received)).toEqual(
    seen.map(([r]) => r).toSorted((a, b) => a - b),
  );
});

test('a transfer that breaks again and again goes on where each ended', async () => {
  const host = await startHost(broken);
  await download(`${host.url}/f`);
  expect(await sha256Of(partFile)).toBe(SHA256);
  const starts = host.requests.map((r) => Number(/bytes=(\d+)/.exec(r)?.[1] ?? 0));
  expect(starts.length).toBeGreaterThan(2);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(new Set(starts).size).toBe(starts.length);
});

test('what an earlier run left is not fetched again', async () => {
  await writeFile(partFile, BYTES.subarray(0, 100_000));
  const host = await startHost(whole);
  await download(`${host.url}/f`);
  expect(await sha256Of(partFile)).toBe(SHA256);
  expect(host.requests).toEqual(['/f bytes=100000-']);
});

test('a part that is already whole only asks once', async () => {
  await writeFile(partFile, BYTES);
  const host = await startHost(whole);
  await download(`${host.url}/f`);
  expect(host.requests).toEqual([`/f bytes=${BYTES.length}-`]);
});

test('a part of something else is thrown away and fetched whole', async () => {
  await writeFile(partFile, randomBytes(100_000));
  const host = await startHost(whole);
  await download(`${host.url}/f`);
  expect(await sha256Of(partFile)).toBe(SHA256);
  expect(host.requests).toEqual(['/f bytes=100000-', '/f']);
});

test('a part longer than the file is thrown away', async () => {
  await writeFile(partFile, randomBytes(BYTES.length + 1));
  const host = await startHost(whole);
  await download(`${host.url}/f`);
  expect(await sha256Of(partFile)).toBe(SHA256);
});

test('a host that knows no ranges sends it whole again', async () => {
  await writeFile(partFile, BYTES.subarray(0, 100_000));
  const host = await startHost((_request, response) => response.end(BYTES));
  await download(`${host.url}/f`);
  expect(await sha256Of(partFile)).toBe(SHA256);
});

test('a host that answers another range than asked does not spoil the file', async () => {
  await writeFile(partFile, BYTES.subarray(0, 100_000));
  const host = await startHost((request, response) => {
    if (!request.headers.range) return whole(request, response);
    const range = `bytes 50000-${BYTES.length - 1}/${BYTES.length}`;
    response.writeHead(206, { 'content-range': range }).end(BYTES.subarray(50_000));
  });
  await download(`${host.url}/f`);
  expect(await sha256Of(partFile)).toBe(SHA256);
});

test('a wrong checksum names both sums and leaves nothing behind', async () => {
  const wrong = randomBytes(1000);
  const found = createHash('sha256').update(wrong).digest('hex');
  const host = await startHost((_request, response) => response.end(wrong));
  const expected = `wrong checksum: expected ${SHA256}, found ${found}`;
  await expect(download(`${host.url}/f`)).rejects.toThrow(expected);
  expect(existsSync(partFile)).toBe(false);
  expect(host.requests).toHaveLength(1);
});

test('a status that is no success is not retried', async () => {
  const host = await startHost((_request, response) => response.writeHead(404).end('none'));
  await expect(download(`${host.url}/f`)).rejects.toThrow('/f answered 404');
  expect(host.requests).toHaveLength(1);
});

test('a transfer that brings nothing is given up, and says how far it came', async () => {
  const host = await startHost((_request, response) => {
    response.writeHead(200, { 'content-length': 10 }).flushHeaders();
    response.destroy();
  });
  await expect(download(`${host.url}/f`)).rejects.toThrow('broke off after 0 bytes');
  expect(host.requests).toHaveLength(1);
});

test('an aborted transfer keeps its part for the next run', async () => {
  const abort = new AbortController();
  const host = await startHost((request, response) => {
    if (request.headers.range) return whole(request, response);
    response.writeHead(200, { 'content-length': BYTES.length });
    response.write(BYTES.subarray(0, PIECE));
  });
  const onProgress = (received: number) => received >= PIECE && abort.abort(new Error('enough'));
  const first = download(`${host.url}/f`, { signal: abort.signal, onProgress });
  await expect(first).rejects.toThrow('enough');
  await download(`${host.url}/f`);
  expect(await sha256Of(partFile)).toBe(SHA256);
});
