import type { RequestRecord } from './format.ts';
import type { Hiding } from './hide.ts';
import { frameHeadLength, frameOf, isCompressed, unpack } from './message.ts';
import { streamStart } from './snappy.ts';

type Content = Pick<RequestRecord, 'meta' | 'payload'>;

/** How a compressed payload begins, whose encoding is not told. */
const compressions: readonly (readonly [string, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['snappy', streamStart],
];

const nothing = Buffer.alloc(0);

/**
 * A request as it may be written: unchanged where nothing of it is to be hidden, else its message
 * uncompressed, with digests. One that can't be looked into is written without its payload, which
 * no reader could have read either.
 */
export function hideRequest({ meta, payload }: Content, hiding: Hiding): Content {
  if (hiding.isIdle) return { meta, payload };
  const own = { ...meta, path: hiding.text(meta.path) };
  if (!isCompressed({ meta, payload })) return { meta: own, payload: hiding.bytes(payload) };
  const message = unpack(meta.grpc ? payload.subarray(frameHeadLength) : payload, meta.encoding);
  if (!message) return { meta: own, payload: nothing };
  const hidden = hiding.bytes(message);
  // As it was sent, where there is nothing to hide.
  if (hidden === message) return { meta: own, payload };
  return meta.grpc
    ? { meta: own, payload: frameOf(hidden) }
    : { meta: { ...own, encoding: 'identity' }, payload: hidden };
}

/**
 * An answer's payload as it may be written; what it is encoded with is not told, but shows. Of one
 * that can't be looked into its first bytes stay: who reads it must not take it for an empty one.
 */
export function hideAnswer(payload: Buffer, hiding: Hiding): Buffer {
  if (hiding.isIdle || payload.length === 0) return payload;
  const grpc = isFrame(payload);
  const body = grpc ? payload.subarray(frameHeadLength) : payload;
  const used = compressions.find(([, magic]) => magic.equals(body.subarray(0, magic.length)));
  if (!used && !(grpc && payload[0] === 1)) return hiding.bytes(payload);
  const [encoding = '', magic = nothing] = used ?? [];
  const message = unpack(body, encoding);
  if (!message) return payload.subarray(0, payload.length - body.length + magic.length);
  const hidden = hiding.bytes(message);
  if (hidden === message) return payload;
  return grpc ? frameOf(hidden) : hidden;
}

const isFrame = (payload: Buffer): boolean =>
  payload.length >= frameHeadLength &&
  (payload[0] ?? 2) < 2 &&
  payload.length === frameHeadLength + payload.readUInt32BE(1);
