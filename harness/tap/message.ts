import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { RequestRecord } from './format.ts';
import { unsnap } from './snappy.ts';

type Content = Pick<RequestRecord, 'meta' | 'payload'>;

const largestBytes = 64 << 20;
const limited = { maxOutputLength: largestBytes };
const decompressors: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes, limited),
  deflate: (bytes) => inflateSync(bytes, limited),
  zlib: (bytes) => inflateSync(bytes, limited),
  zstd: (bytes) => zstdDecompressSync(bytes, limited),
  snappy: (bytes) => unsnap(bytes, largestBytes),
  'x-snappy-framed': (bytes) => unsnap(bytes, largestBytes),
  br: (bytes) => brotliDecompressSync(bytes, limited),
};

/** A unary call's message stands behind a flag and its length as u32. */
export const frameHeadLength = 5;

export function frameOf(message: Buffer): Buffer {
  const head = Buffer.alloc(frameHeadLength);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export const isCompressed = ({ meta, payload }: Content): boolean =>
  meta.grpc ? payload[0] === 1 : meta.encoding !== 'identity';

/** Undefined where the bytes are not encoded so, or nobody here can read it. */
export function unpack(bytes: Buffer, encoding: string): Buffer | undefined {
  try {
    return decompressors[encoding]?.(bytes);
  } catch {
    return undefined;
  }
}

/** What a request carries, out of its frame and uncompressed; undefined where it can't be read. */
export function messageOf(content: Content): Buffer | undefined {
  const { meta, payload } = content;
  const body = meta.grpc ? payload.subarray(frameHeadLength) : payload;
  return isCompressed(content) ? unpack(body, meta.encoding) : body;
}
