import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PodLife } from '../stack/types.ts';
import { readQueues } from './queues.ts';

const name = 'exporter_otlp_http_loki_logs';
const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'queues');
const whole = gunzipSync(readFileSync(join(fixtures, `${name}.gz`)));

let run = '';
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'queues-'));
});
afterEach(() => rmSync(run, { recursive: true }));

const path = `/queue/${name}`;
const lives = [
  { pod: 'gateway-0', uid: 'u', life: 0, left: { files: [{ path, file: 'copy' }] } },
  { pod: 'tempo', uid: 'v', life: 0 },
] as unknown as PodLife[];

describe('readQueues', () => {
  it('reads the copies that were taken, each of its life', () => {
    writeFileSync(join(run, 'copy'), whole);
    const [queue, ...others] = readQueues(run, lives);
    expect(others).toEqual([]);
    expect(queue).toMatchObject({ pod: 'gateway-0', uid: 'u', life: 0, path, signal: 'logs' });
    expect(queue?.requests.map(({ items }) => items.length)).toEqual([1, 1, 1]);
    expect(queue?.defect).toBeUndefined();
  });

  it('says of one that is cut off or gone that it can not be read', () => {
    writeFileSync(join(run, 'copy'), whole.subarray(0, 10_000));
    expect(readQueues(run, lives)[0]).toMatchObject({ defect: expect.stringMatching(/^cut off/) });
    rmSync(join(run, 'copy'));
    expect(readQueues(run, lives)[0]).toMatchObject({ defect: 'its copy is not there' });
  });
});
