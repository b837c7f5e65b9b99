import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Plan } from '../plan/types.ts';
import type { RequestRecord } from '../tap/format.ts';
import { createSeries, type MetPoint, readPoints, strangeSeries } from './points.ts';

/** Protobuf by hand. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const delimited = (field: number, bytes: readonly number[]) => [
  ...[field * 8 + 2, ...varint(bytes.length)],
  ...bytes,
];
const textField = (field: number, text: string) => delimited(field, [...Buffer.from(text)]);
const varintField = (field: number, value: number) => [field * 8, ...varint(value)];
const fixed64 = (field: number, write: (bytes: Buffer) => void) => {
  const bytes = Buffer.alloc(8);
  write(bytes);
  return [field * 8 + 1, ...bytes];
};
const fixed64Field = (field: number, value: bigint) =>
  fixed64(field, (bytes) => bytes.writeBigUInt64LE(value));
const doubleField = (field: number, value: number) =>
  fixed64(field, (bytes) => bytes.writeDoubleLE(value));
const keyValues = (field: number, attributes: Record<string, string>) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    delimited(field, [...textField(1, key), ...delimited(2, textField(1, value))]),
  );

const pods = ['shop-0', 'shop-1'].map((name) => ({ name })) as unknown as Plan['pods'];
const seriesOf = createSeries({ pods });

const record = (path: string, bytes: readonly number[]) => {
  const meta = { path, grpc: false, encoding: 'identity' } as RequestRecord['meta'];
  return { meta, payload: Buffer.from(bytes) };
};
const read = (path: string, bytes: readonly number[]): MetPoint[] => {
  const points: MetPoint[] = [];
  readPoints(record(path, bytes), seriesOf, (point) => points.push({ ...point }));
  return points;
};

const nanos = 1_700_000_000_123_456_789n;
const timeMs = 1_700_000_000_123;
const sumOf = (name: string, label: Record<string, string>) => {
  const point = [...keyValues(7, label), ...fixed64Field(6, 4n), ...fixed64Field(3, nanos)];
  // As the collector writes it: the highest field first.
  return delimited(2, [...delimited(7, delimited(1, point)), ...textField(1, name)]);
};
const otlp = (...metrics: number[][]) => delimited(1, delimited(2, metrics.flat()));

it('reads points of OTLP, whatever the order of fields', () => {
  const bytes = otlp(
    sumOf('bench.requests', { 'bench.pod': 'shop-1', zone: 'a' }),
    sumOf('bench.requests', { 'bench.pod': 'another' }),
    sumOf('http.requests', { 'bench.pod': 'shop-1' }),
  );
  expect(read('/v1/metrics', bytes)).toEqual([
    { series: 2, timeMs, value: 4 },
    { series: strangeSeries, timeMs, value: 4 },
  ]);
});

it('takes no mark of a series that has ended for a point', () => {
  const ended = [...keyValues(7, { 'bench.pod': 'shop-1' }), ...varintField(8, 1)];
  const gauge = delimited(5, delimited(1, [...ended, ...fixed64Field(3, nanos)]));
  const metric = delimited(2, [...gauge, ...textField(1, 'bench.load')]);
  expect(read('/v1/metrics', otlp(metric))).toEqual([]);
  const labels = [...label('__name__', 'bench_load'), ...label('bench_pod', 'shop-1')];
  const series = delimited(1, [...labels, ...sample(Number.NaN)]);
  expect(read('/api/v1/write', series)).toEqual([]);
});

const label = (name: string, value: string) =>
  delimited(1, [...textField(1, name), ...textField(2, value)]);
const sample = (value: number) =>
  delimited(2, [...doubleField(1, value), ...varintField(2, timeMs)]);

it('reads samples of remote write, named as Prometheus has it', () => {
  const labels = [
    ...label('__name__', 'shop_bench_requests_total'),
    ...label('bench_pod', 'shop-0'),
  ];
  const info = [...label('__name__', 'target_info'), ...label('bench_pod', 'shop-0')];
  const first = [
    ...delimited(1, [...labels, ...sample(4), ...sample(5)]),
    ...delimited(1, [...info, ...sample(1)]),
  ];
  const expected = [
    { series: 0, timeMs, value: 4 },
    { series: 0, timeMs, value: 5 },
  ];
  expect(read('/api/v1/write', first)).toEqual(expected);

  const symbols = ['', '__name__', 'bench_load', 'bench_pod', 'shop-1'];
  const second = [
    ...symbols.flatMap((text) => textField(4, text)),
    ...delimited(5, [...delimited(1, [1, 2, 3, 4]), ...sample(4)]),
  ];
  expect(read('/api/v1/push', second)).toEqual([{ series: 3, timeMs, value: 4 }]);
});

it('says where nothing can be read: cut off, hidden, labels that refer to nothing', () => {
  const bytes = otlp(sumOf('bench.load', { 'bench.pod': 'shop-1' }));
  expect(() => read('/v1/metrics', bytes.slice(0, -3))).toThrow();
  expect(() => read('/v1/metrics', [])).toThrow();
  const dangling = delimited(5, [...delimited(1, [1, 2]), ...sample(4)]);
  expect(() => read('/api/v1/write', dangling)).toThrow();
});

it('takes a request of no metrics for what it is, and a hidden one for none', () => {
  const visit = () => undefined;
  const { meta } = record('/v1/metrics', []);
  const read = (encoding: string, payload: Buffer) => () =>
    readPoints({ meta: { ...meta, encoding }, payload }, seriesOf, visit);
  expect(read('gzip', gzipSync(''))).not.toThrow();
  expect(read('gzip', Buffer.alloc(0))).toThrow('it has no payload');
});
