import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isRemoteWrite, rejectedItems, signalOfPath } from './payload.ts';

/** Three rejected: field 1 with a length, in it field 1 as a number. */
const three = Buffer.from([0x0a, 0x02, 0x08, 0x03]);
const framed = (message: Buffer, compressed: 0 | 1): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Of nine items: nobody knows. */
const unread = 10;

describe('rejectedItems', () => {
  it.each<[string, Buffer, boolean, number]>([
    ['nothing in an empty message', framed(Buffer.alloc(0), 0), true, 0],
    ['nothing in an empty partial success', framed(Buffer.from([0x0a, 0]), 0), true, 0],
    ['what gRPC says', framed(three, 0), true, 3],
    ['what compressed gRPC says', framed(gzipSync(three), 1), true, 3],
    ['all where the compression is strange', framed(Buffer.from('sNaP'), 1), true, unread],
    ['all where it is cut off', framed(gzipSync(three).subarray(0, 8), 1), true, unread],
    ['all where the tap wrote only how it begins', framed(three, 1).subarray(0, 5), true, unread],
    [
      'all where HTTP’s is cut off behind its beginning',
      gzipSync(three).subarray(0, 2),
      false,
      unread,
    ],
    ['what HTTP says', three, false, 3],
    ['what compressed HTTP says', zstdCompressSync(three), false, 3],
    ['what JSON says', json({ partialSuccess: { rejectedSpans: '3' } }), false, 3],
    ['more than there are', json({ partialSuccess: { rejectedSpans: 2 ** 32 } }), false, unread],
    ['less than none', json({ partialSuccess: { rejectedSpans: -1 } }), false, unread],
    ['what is no number', json({ partialSuccess: { rejectedSpans: 'many' } }), false, unread],
    ['nothing in empty JSON', json({ partialSuccess: {} }), false, 0],
    ['nothing in a text', Buffer.from('OK'), false, 0],
  ])('finds %s', (_, payload, grpc, count) => {
    expect(rejectedItems({ outcome: 'ok', payload }, grpc, 9)).toBe(count);
    expect(rejectedItems({ outcome: 'error', payload }, grpc, 9)).toBe(0);
  });
});

it.each(['/api/v1/write', '/api/v1/push', '/api/v1/prom/write', '/write'])(
  '%s carries metrics, by remote write',
  (path) => expect([signalOfPath(path), isRemoteWrite(path)]).toEqual(['metrics', true]),
);

it('OTLP’s metrics are no remote write, and what is neither carries nothing known', () => {
  expect([signalOfPath('/v1/metrics'), isRemoteWrite('/v1/metrics')]).toEqual(['metrics', false]);
  expect(signalOfPath('/rewrite')).toBeUndefined();
});

it.each([
  ['/v2/trace/otlp', 'traces'],
  ['/v2/datapoint/otlp', 'metrics'],
  ['/v3/event', 'logs'],
  ['/v2/trace', undefined],
  ['/otlp', undefined],
])('Splunk’s own paths carry a signal as well: %s', (path, signal) => {
  expect([signalOfPath(path), isRemoteWrite(path)]).toEqual([signal, false]);
});
