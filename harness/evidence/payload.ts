import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { cursor, readField } from '../lib/otlp/wire.ts';
import type { RequestRecord } from '../tap/format.ts';

/** A payload that can't be read as what its sender said it is. */
export class PayloadError extends Error {
  override name = 'PayloadError';
}

const decompressors: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  zlib: (bytes) => inflateSync(bytes),
  zstd: (bytes) => zstdDecompressSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
};

function decompress(bytes: Buffer, encoding: string): Buffer {
  const method = decompressors[encoding];
  if (!method) throw new PayloadError(`compression "${encoding}" is not known`);
  return method(bytes);
}

const grpcPrefix = 5;

/**
 * The OTLP message of a recorded request: gRPC's frame taken off, decompressed.
 * (grpc PROTOCOL-HTTP2: one byte compressed-flag, four bytes length, message)
 */
export function messageOf({ meta, payload }: Pick<RequestRecord, 'meta' | 'payload'>): Buffer {
  if (!meta.grpc)
    return meta.encoding === 'identity' ? payload : decompress(payload, meta.encoding);
  if (payload.length < grpcPrefix) throw new PayloadError('gRPC frame cut off');
  const length = payload.readUInt32BE(1);
  const message = payload.subarray(grpcPrefix, grpcPrefix + length);
  if (message.length < length) throw new PayloadError('gRPC message cut off');
  return payload[0] === 1 ? decompress(message, meta.encoding) : message;
}

/** The signal that a path carries; undefined for anything else, such as remote write. */
export function signalOfPath(path: string): 'traces' | 'logs' | 'metrics' | undefined {
  if (/TraceService\/Export$|\/v1\/traces$/.test(path)) return 'traces';
  if (/LogsService\/Export$|\/v1\/logs$/.test(path)) return 'logs';
  if (/MetricsService\/Export$|\/v1\/metrics$|\/api\/v1\/(write|push)$/.test(path))
    return 'metrics';
  return undefined;
}

/**
 * How many items an OTLP answer says were rejected: Export...ServiceResponse { 1: partial_success
 * { 1: rejected_... } }. 0 for an empty or foreign answer.
 */
export function rejectedItems(answer: Buffer, grpc: boolean): number {
  const start = grpc ? grpcPrefix : 0;
  if (answer.length <= start) return 0;
  try {
    const at = cursor(answer);
    readField(at, start, answer.length);
    if (at.number !== 1) return 0;
    const [from, to] = [at.value, at.end];
    if (from === to) return 0;
    readField(at, from, to);
    return at.number === 1 ? at.varint : 0;
  } catch {
    return 0;
  }
}
