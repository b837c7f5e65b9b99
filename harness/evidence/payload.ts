import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { asOtlp } from '../drive/forms/index.ts';
import { cursor, readField } from '../lib/otlp/wire.ts';
import { formOfPath } from '../lib/span-forms.ts';
import type { AnswerRecord, RequestRecord } from '../tap/format.ts';
import { otlpSignalOf } from '../tap/otlp-paths.ts';
import { streamStart, unsnap } from '../tap/snappy.ts';

/** A payload that can't be read as what its sender said it is. */
export class PayloadError extends Error {
  override name = 'PayloadError';
}

const decompressors: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  zlib: (bytes) => inflateSync(bytes),
  zstd: (bytes) => zstdDecompressSync(bytes),
  snappy: (bytes) => unsnap(bytes),
  'x-snappy-framed': (bytes) => unsnap(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
};

function decompress(bytes: Buffer, encoding: string): Buffer {
  const method = decompressors[encoding];
  if (!method) throw new PayloadError(`compression "${encoding}" is not known`);
  return method(bytes);
}

const grpcPrefix = 5;

/**
 * The OTLP message of a recorded request: gRPC's frame taken off, decompressed; of spans in another
 * form what a receiver makes of them.
 * (grpc PROTOCOL-HTTP2: one byte compressed-flag, four bytes length, message)
 */
export const messageOf = (request: Pick<RequestRecord, 'meta' | 'payload'>): Buffer =>
  asOtlp(request.meta.path, bodyOf(request));

function bodyOf({ meta, payload }: Pick<RequestRecord, 'meta' | 'payload'>): Buffer {
  if (!meta.grpc) {
    return meta.encoding === 'identity' ? payload : decompress(payload, meta.encoding);
  }
  if (payload.length < grpcPrefix) throw new PayloadError('gRPC frame cut off');
  const length = payload.readUInt32BE(1);
  const message = payload.subarray(grpcPrefix, grpcPrefix + length);
  if (message.length < length) throw new PayloadError('gRPC message cut off');
  return payload[0] === 1 ? decompress(message, meta.encoding) : message;
}

/** The signal that a path carries, by OTLP, remote write or another form of spans. */
export const signalOfPath = (path: string): ReturnType<typeof otlpSignalOf> =>
  otlpSignalOf(path) ?? (isRemoteWrite(path) ? 'metrics' : formOfPath(path) && 'traces');

/**
 * A path at which Prometheus, or what speaks as it does, takes remote write: `/api/v1/write`,
 * `/api/v1/push` (Mimir), `/api/prom/push` (Grafana Cloud), `/api/v1/remote_write` (AWS).
 */
export const isRemoteWrite = (path: string): boolean =>
  /[/_]write$|\/api\/(v1|prom)\/push$/.test(path);

/**
 * How many items an OTLP answer says were rejected: Export...ServiceResponse { 1: partial_success
 * { 1: rejected_... } }, or the same as JSON. 0 for an empty or foreign answer; one more than there
 * are for one that can't be read: nobody knows what it says.
 *
 * @param items how many the request had
 */
export function rejectedItems(
  { outcome, payload }: Pick<AnswerRecord, 'outcome' | 'payload'>,
  grpc: boolean,
  items: number,
): number {
  if (outcome !== 'ok') return 0;
  try {
    const rejected = rejectedIn(unpack(payload, grpc));
    // What can be no such number says as little as what can't be read.
    return rejected >= 0 && rejected <= items ? rejected : items + 1;
  } catch {
    return items + 1;
  }
}

function rejectedIn(message: Buffer): number {
  if (message[0] === openingBrace) return rejectedInJson(message.toString('utf8'));
  return message[0] === partialSuccessTag ? rejectedInMessage(message) : 0;
}

const openingBrace = 0x7b;
/** Field 1, with a length. */
const partialSuccessTag = 0x0a;
/** How a payload begins that its sender compressed. */
const compressions: readonly (readonly [string, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['snappy', streamStart],
];

/** An answer's message; its encoding is not recorded, but shows. */
function unpack(payload: Buffer, grpc: boolean): Buffer {
  const body = grpc ? payload.subarray(grpcPrefix) : payload;
  const used = compressions.find(([, magic]) => magic.equals(body.subarray(0, magic.length)));
  if (used) return decompress(body, used[0]);
  if (grpc && payload[0] === 1) throw new PayloadError('compression is not known');
  return body;
}

function rejectedInMessage(message: Buffer): number {
  const at = cursor(message);
  readField(at, 0, message.length);
  const [from, to] = [at.value, at.end];
  if (from === to) return 0;
  readField(at, from, to);
  return at.number === 1 ? at.varint : 0;
}

function rejectedInJson(text: string): number {
  const { partialSuccess } = JSON.parse(text) as { partialSuccess?: Record<string, unknown> };
  const counts = Object.entries(partialSuccess ?? {});
  return Number(counts.find(([key]) => key.startsWith('rejected'))?.[1] ?? 0);
}
