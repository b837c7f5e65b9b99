import { describe, expect, it } from 'vitest';
import { type MetricSample, scanSamples } from './series.ts';

/** A field of a message of up to 16,383 bytes. */
const field = (number: number, body: Buffer | string): Buffer => {
  const bytes = Buffer.from(body);
  const { length } = bytes;
  const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...size]), bytes]);
};
const varint = (number: number, value: number): Buffer => Buffer.from([number << 3, value]);
const fixed = (number: number, value: bigint): Buffer => {
  const bytes = Buffer.alloc(9, (number << 3) | 1);
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
};
const double = (number: number, value: number): Buffer => {
  const bytes = Buffer.alloc(9, (number << 3) | 1);
  bytes.writeDoubleLE(value, 1);
  return bytes;
};
const all = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
const attribute = (key: string, value: string) => all(field(1, key), field(2, field(1, value)));
const request = (...metrics: readonly Buffer[]): Buffer =>
  field(1, field(2, all(...metrics.map((metric) => field(2, metric)))));

function read(bytes: Buffer): MetricSample[] {
  const samples: MetricSample[] = [];
  const visitor = { resource: () => undefined, sample: (one: MetricSample) => samples.push(one) };
  scanSamples(bytes, 0, bytes.length, visitor);
  return samples;
}

const moments = all(fixed(2, 1_000_000n), fixed(3, 5_000_000n));

describe('scanSamples (opentelemetry-proto v1, metrics.proto)', () => {
  it('reads sums, with the name behind its points', () => {
    const point = all(moments, fixed(6, 7n), field(7, attribute('a', 'x')));
    const sum = all(field(1, point), varint(2, 1), varint(3, 1));
    expect(read(request(all(field(7, sum), field(1, 'calls'))))).toEqual([
      {
        ...{ metric: 'calls', isDelta: true, startMs: 1, timeMs: 5, value: 7 },
        attributes: { a: 'x' },
        traceIds: [],
      },
    ]);
  });

  it('reads histograms of both kinds, with their sums and exemplars', () => {
    const exemplar = field(5, Buffer.alloc(16, 0xab));
    const point = all(moments, fixed(4, 3n), double(5, 1.5), field(8, exemplar));
    const explicit = all(field(1, 'duration'), field(9, all(field(1, point), varint(2, 2))));
    const own = all(moments, fixed(4, 2n), double(5, 0.5), field(1, attribute('b', 'y')));
    const exponential = all(field(1, 'other'), field(10, all(field(1, own), varint(2, 2))));
    const traceIds = ['ab'.repeat(16)];
    expect(read(request(explicit, exponential))).toMatchObject([
      { metric: 'duration', isDelta: false, value: 3, sum: 1.5, traceIds },
      { metric: 'other', value: 2, sum: 0.5, attributes: { b: 'y' } },
    ]);
  });
});
