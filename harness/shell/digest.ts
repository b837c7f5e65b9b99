import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** A file as it was: how long, and its SHA-256 in hex. */
export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** Whether a file is there that can be digested: a folder is none. */
export const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

const pieceBytes = 1 << 20;

/**
 * Digests a file piece by piece: some records are larger than what one wants in memory.
 * @param firstBytes only so much of it, for a file that is appended to afterwards; all of a shorter
 * @throws Error where it can't be read
 */
export function digestFile(file: string, firstBytes = Number.POSITIVE_INFINITY): FileDigest {
  const handle = openSync(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, fstatSync(handle).size + 1));
    const hash = createHash('sha256');
    let bytes = 0;
    while (bytes < firstBytes) {
      const read = readSync(handle, piece, 0, Math.min(piece.length, firstBytes - bytes), bytes);
      if (read === 0) break;
      hash.update(piece.subarray(0, read));
      bytes += read;
    }
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    closeSync(handle);
  }
}
