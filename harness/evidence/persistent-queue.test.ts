import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPersistentQueue } from './persistent-queue.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'queues');
const read = (name: string): Buffer => gunzipSync(readFileSync(join(fixtures, `${name}.gz`)));
const traces = read('exporter_otlp_grpc_tempo_traces');
const logs = read('exporter_otlp_http_loki_logs');

/** A damaged copy, in which one text stands for another of its length. */
function replaced(file: Buffer, hex: string, by: string): Buffer {
  const copy = Buffer.from(file);
  const found = Buffer.from(hex, 'hex');
  for (let at = copy.indexOf(found); at >= 0; at = copy.indexOf(found, at + 1)) {
    copy.write(by, at, 'hex');
  }
  return copy;
}

describe('readPersistentQueue', () => {
  it('finds each span that was sent, and which requests were under way', () => {
    const requests = readPersistentQueue(traces, 'traces');
    expect(requests.map(({ index }) => index)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(requests.flatMap(({ index, dispatched }) => (dispatched ? index : []))).toEqual([0, 1]);
    const own = (n: number, first: string): string =>
      n.toString(16).padStart(32, '0') + first + n.toString(16).padStart(15, '0');
    expect(requests.flatMap(({ items }) => [...items].sort())).toEqual(
      requests.flatMap((_, i) => [own(i + 1, '0'), own(i + 1, '1')]),
    );
  });

  it('finds each log record', () => {
    const items = readPersistentQueue(logs, 'logs').flatMap((request) => request.items);
    expect(items).toEqual(
      [1, 2, 3].map((n) => `${n}`.padStart(32, '0') + `${n}`.padStart(16, '0')),
    );
  });

  it('says that a request is not there which its state counts', () => {
    // Its write index: 0x28, field 4.
    const more = replaced(traces, '212800000000000000', '212900000000000000');
    expect(() => readPersistentQueue(more, 'traces')).toThrow('request 40 is not in it');
    const wild = replaced(traces, '212800000000000000', '2128000000000000ff');
    expect(() => readPersistentQueue(wild, 'traces')).toThrow(/beyond all bounds/);
    const backwards = replaced(traces, '212800000000000000', '210100000000000000');
    expect(() => readPersistentQueue(backwards, 'traces')).toThrow(/its state says -1 requests/);
  });

  it('says that another version wrote it', () => {
    const other = replaced(
      traces,
      Buffer.from('qmv0').toString('hex'),
      Buffer.from('qmv9').toString('hex'),
    );
    expect(() => readPersistentQueue(other, 'traces')).toThrow(/another version wrote it/);
  });

  it('says that a request is none', () => {
    const broken = replaced(traces, `0a10${'1'.padStart(32, '0')}`, `0fff${'1'.padStart(32, '0')}`);
    expect(() => readPersistentQueue(broken, 'traces')).toThrow();
  });
});
