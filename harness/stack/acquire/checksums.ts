import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * The digest of `file` in a publisher's checksum file (the format of `sha256sum` and `sha512sum`: a
 * digest, a blank, a blank or `*`, a name). Undefined where the file has no line for it.
 */
export function findChecksum(sums: string, file: string): string | undefined {
  for (const line of sums.split('\n')) {
    const match = /^([0-9a-fA-F]{64}|[0-9a-fA-F]{128})\s+\*?(?:\.\/)?(\S+)\s*$/.exec(line);
    if (match?.[2] === file) return match[1]?.toLowerCase();
  }
  return undefined;
}

/** The SHA-256 of a file's content, in lower-case hex. */
export const sha256Of = (file: string, signal?: AbortSignal): Promise<string> =>
  digestOf(file, 'sha256', signal);

const sha512Letters = 128;

/** A file's digest as its publisher's is: a longer one is SHA-512. */
export const digestLike = (file: string, published: string, signal?: AbortSignal) =>
  digestOf(file, published.length === sha512Letters ? 'sha512' : 'sha256', signal);

async function digestOf(file: string, algorithm: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('hex');
}
