import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../plan/types.ts';
import { encodeRecord, type RequestRecord, type TapRecord } from '../tap/format.ts';
import { lifeOfLog, searchLeaks } from './leaks.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leaks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const values = ['canary-checkout-0', 'canary-checkout-0badcafe', 'canary-orders-00000007'];
const plan = {
  canaries: values.map((value, i) => ({ loadIndex: 0, place: 'event', key: `k${i}`, value })),
  blocks: [],
  templates: [],
  traces: { firstSpan: new Uint32Array() },
} as unknown as Plan;

let files = 0;
function tapOf(...requests: Omit<RequestRecord, 'type' | 'atMs' | 'request' | 'connection'>[]) {
  const file = join(folder, `${files++}.tap`);
  const records = requests.map(
    (own, request): TapRecord => ({
      ...own,
      type: 'request',
      atMs: 1_000 + request,
      request,
      connection: 0,
    }),
  );
  writeFileSync(file, Buffer.concat(records.flatMap(encodeRecord)));
  return file;
}

const grpc = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
/** A literal and nothing else is a block of snappy. */
const snappyOf = (text: string): Buffer =>
  Buffer.concat([Buffer.from([text.length, (text.length - 1) << 2]), Buffer.from(text)]);
const frameOf = (message: Buffer, flag: 0 | 1): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};
/** In a message the next field's tag may be a letter. */
const said = `xx${values[0]}J`;
const search = (...files: string[]) =>
  searchLeaks(plan, { taps: files.map((file, number) => ({ number, file })), logs: [] });

describe('searchLeaks', () => {
  it.each<[string, string, Buffer]>([
    ['identity', '/v1/traces', Buffer.from(said)],
    ['gzip', '/v1/traces', gzipSync(said)],
    ['deflate', '/v1/traces', deflateSync(said)],
    ['zstd', '/v1/traces', zstdCompressSync(said)],
    ['snappy', '/api/v1/write', snappyOf(said)],
  ])('finds a canary in what came over HTTP as %s', (encoding, path, payload) => {
    const { found, unreadable } = search(tapOf({ meta: { path, encoding, grpc: false }, payload }));
    const signal = path === '/v1/traces' ? 'traces' : 'metrics';
    const moments = { fromMs: 1_000, toMs: 1_000 };
    expect(found).toEqual([{ canary: 0, signal, recorder: 0, count: 1, first: 0, ...moments }]);
    expect(unreadable).toEqual([]);
  });

  it.each<[string, Buffer]>([
    ['identity', frameOf(Buffer.from(said), 0)],
    ['gzip', frameOf(gzipSync(said), 1)],
    ['zstd', frameOf(zstdCompressSync(said), 1)],
    ['snappy', frameOf(snappyOf(said), 1)],
  ])('finds a canary in what came over gRPC as %s', (encoding, payload) => {
    const file = tapOf({ meta: { path: grpc, encoding, grpc: true }, payload });
    expect(search(file).found.map(({ canary, count }) => [canary, count])).toEqual([[0, 1]]);
  });

  it('counts each appearance, tells values apart that begin alike, and adds requests up', () => {
    const meta = { path: '/v1/logs', encoding: 'identity', grpc: false };
    const payload = Buffer.from(`${values[1]}${values[0]} canary-of-nobody ${values[1]}`);
    const file = tapOf(
      { meta, payload },
      { meta, payload: Buffer.from('nothing') },
      { meta, payload },
    );
    const found = search(file).found.map(({ canary, count, fromMs, toMs }) => [
      canary,
      count,
      fromMs,
      toMs,
    ]);
    expect(found).toEqual([
      [1, 4, 1_000, 1_002],
      [0, 2, 1_000, 1_002],
    ]);
    expect(search(file, file).found.map(({ recorder }) => recorder)).toEqual([0, 0, 1, 1]);
  });

  it('says what it could not undo', () => {
    const meta = { path: '/v1/traces', encoding: 'lz4', grpc: false };
    const cut = { path: '/v1/traces', encoding: 'gzip', grpc: false };
    const file = tapOf(
      { meta, payload: gzipSync(said) },
      { meta: cut, payload: Buffer.from('no') },
    );
    const { found, unreadable } = search(file);
    expect(found).toEqual([]);
    expect(unreadable.map(({ request }) => request)).toEqual([0, 1]);
    expect(unreadable[0]?.why).toContain('"lz4" is not known');
  });

  it('finds what a collector wrote, with the component that its line names', () => {
    const file = join(folder, 'gateway-0.1.log');
    const named = JSON.stringify({ 'otelcol.component.id': 'debug/all', value: values[2] });
    writeFileSync(
      file,
      `start\n     -> token: Str(${values[0]})\n2026-11-21T19:00:00Z\tinfo\t${named}\n`,
    );
    const life = lifeOfLog(file);
    expect(life).toEqual({ pod: 'gateway-0', life: 1 });
    const { found, logs } = searchLeaks(plan, {
      taps: [],
      logs: [{ pod: 'gateway-0', life: 1, file }],
    });
    expect(logs).toEqual([life]);
    expect(found.map(({ canary, pod, component }) => [canary, pod, component])).toEqual([
      [0, 'gateway-0', undefined],
      [2, 'gateway-0', 'debug/all'],
    ]);
  });

  it('counts the points of the load, by either name of their label', () => {
    const otlp = { path: '/v1/metrics', encoding: 'identity', grpc: false };
    const write = { path: '/api/v1/write', encoding: 'snappy', grpc: false };
    const file = tapOf(
      { meta: otlp, payload: Buffer.from('bench.pod..bench.pod') },
      { meta: write, payload: snappyOf('bench_pod') },
    );
    expect(search(file).metricPoints).toBe(3);
  });
});
