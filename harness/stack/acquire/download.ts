import { closeSync, openSync, writeFileSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { digestLike } from './checksums.ts';
import { type HttpClient, networkReason } from './http.ts';

const MAX_ATTEMPTS = 20;

export interface Download {
  readonly url: string;
  /** Where the bytes gather; left in place when the transfer breaks, so that a next one resumes. */
  readonly partFile: string;
  /** What the whole file may hash to, in lower-case hex: SHA-256, or SHA-512. */
  readonly checksums: readonly string[];
  readonly client: HttpClient;
  readonly signal?: AbortSignal | undefined;
  /** Bytes on disk, and bytes of the whole where the server says so. */
  readonly onProgress: (received: number, total: number | undefined) => void;
}

/**
 * Fetches a file into `partFile`, from where an earlier try ended, and checks its digest.
 * A part that does not add up is thrown away and fetched whole once. A broken transfer is taken
 * up again for as long as each try brings bytes.
 */
export async function downloadVerified(download: Download): Promise<void> {
  const { partFile, checksums, signal } = download;
  const resumed = (await sizeOf(partFile)) > 0;
  for (const last of resumed ? [false, true] : [true]) {
    await transfer(download);
    const found = await digestLike(partFile, checksums[0] ?? '', signal);
    if (checksums.includes(found)) return;
    await rm(partFile, { force: true });
    if (last) {
      const text = `has the wrong checksum: expected ${checksums.join(' or ')}, found ${found}`;
      throw new Error(`${download.url} ${text}`);
    }
  }
}

async function transfer(download: Download): Promise<void> {
  const { url, partFile, signal } = download;
  for (let attempt = 1; ; attempt += 1) {
    const before = await sizeOf(partFile);
    try {
      if (await attemptOnce(download, before)) return;
    } catch (error) {
      signal?.throwIfAborted();
      const gained = (await sizeOf(partFile)) > before;
      if (!gained || attempt >= MAX_ATTEMPTS) throw error;
    }
    if (attempt >= MAX_ATTEMPTS) throw new Error(`${url} broke off ${attempt} times`);
  }
}

/** One request. Answers whether the file is whole; false asks for another request. */
async function attemptOnce(download: Download, have: number): Promise<boolean> {
  const { url, partFile, client, signal } = download;
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const answer = await client.get(url, headers, signal);
  if (answer.statusCode === 416 && have > 0) {
    answer.destroy();
    const total = Number(/\/(\d+)$/.exec(answer.headers['content-range'] ?? '')?.[1]);
    if (total === have) return true;
    await rm(partFile, { force: true });
    return false;
  }
  if (answer.statusCode !== 200 && answer.statusCode !== 206) {
    answer.destroy();
    throw new Error(`${url} answered ${answer.statusCode}`);
  }
  const start = answer.statusCode === 206 ? rangeStart(answer) : 0;
  if (start !== 0 && start !== have) {
    answer.destroy();
    await rm(partFile, { force: true });
    return false;
  }
  await receive(download, answer, start);
  return true;
}

function rangeStart(answer: IncomingMessage): number {
  return Number(/^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1] ?? Number.NaN);
}

async function receive(download: Download, answer: IncomingMessage, start: number): Promise<void> {
  const { url, partFile, signal, onProgress } = download;
  const length = Number(answer.headers['content-length'] ?? Number.NaN);
  const total = Number.isFinite(length) ? start + length : undefined;
  let received = start;
  const file = openSync(partFile, start > 0 ? 'a' : 'w');
  // Written at once, piece by piece: a stream that breaks drops whatever it still has buffered, and
  // with it what the next try could have gone on from.
  answer.on('data', (piece: Buffer) => {
    try {
      writeFileSync(file, piece);
      received += piece.length;
      onProgress(received, total);
    } catch (error) {
      answer.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  try {
    await finished(answer, { signal });
  } catch (error) {
    throw new Error(`${url} broke off after ${received} bytes: ${networkReason(error)}`);
  } finally {
    answer.destroy();
    closeSync(file);
  }
  if (total !== undefined && received !== total) {
    throw new Error(`${url} broke off after ${received} of ${total} bytes`);
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
