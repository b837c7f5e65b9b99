import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BboltError, readBucket } from './bbolt.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'queues');
const read = (name: string): Buffer => gunzipSync(readFileSync(join(fixtures, `${name}.gz`)));
const traces = read('exporter_otlp_grpc_tempo_traces');
const logs = read('exporter_otlp_http_loki_logs');
const pageBytes = 4_096;

/** Bytes of a file in use: the count of pages in the later of its meta pages. */
const usedBytes = (file: Buffer): number =>
  pageBytes * Math.max(...[0, pageBytes].map((at) => Number(file.readBigUInt64LE(at + 16 + 40))));

function changed(file: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(file);
  change(copy);
  return copy;
}

describe('readBucket', () => {
  it('reads what bbolt itself reads: entries on one page, on many, and longer than one', () => {
    const entries = readBucket(traces, 'default');
    const bytes = [...entries.values()].reduce((sum, value) => sum + value.length, 0);
    expect([entries.size, bytes]).toEqual([41, 247_054]);
    expect(entries.get('qmv0')?.toString('hex')).toBe(
      '0950000000000000001128c00300000000001902000000000000002128000000000000002a1000000000000000000100000000000000',
    );
    expect([...readBucket(logs, 'default').keys()].sort()).toEqual(['0', '1', '2', 'qmv0']);
  });

  it('takes the meta page that is whole where the other was being written', () => {
    const later = logs.readBigUInt64LE(16 + 48) > logs.readBigUInt64LE(pageBytes + 16 + 48);
    const torn = changed(logs, (copy) =>
      copy.fill(7, later ? 16 + 20 : pageBytes + 16 + 20, 4_090),
    );
    expect(() => readBucket(torn, 'default')).not.toThrow();
  });

  it('says that a file is cut off, wherever in what it uses', () => {
    for (const file of [traces, logs]) {
      for (let length = 0; length < usedBytes(file); length += 1_021) {
        expect(() => readBucket(file.subarray(0, length), 'default')).toThrow(BboltError);
      }
      expect(readBucket(file.subarray(0, usedBytes(file)), 'default').size).toBeGreaterThan(3);
    }
  });

  it('says that another page stands where one should, or that its pages lead in a circle', () => {
    const blank = changed(traces, (copy) => copy.fill(0, 2 * pageBytes));
    expect(() => readBucket(blank, 'default')).toThrow(BboltError);
    expect(() => readBucket(traces, 'other')).toThrow(/no bucket "other"/);
  });

  it('ends with an answer or a BboltError whatever bytes are damaged', () => {
    const end = usedBytes(traces);
    for (let at = 2 * pageBytes; at < end; at += 397) {
      const damaged = changed(traces, (copy) =>
        copy.writeUInt32LE(0xffff_fff0, Math.min(at, end - 4)),
      );
      try {
        readBucket(damaged, 'default');
      } catch (error) {
        expect(error).toBeInstanceOf(BboltError);
      }
    }
  });
});
