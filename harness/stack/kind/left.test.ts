import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Component } from '../../pipeline/types.ts';
import { createHiding } from '../../tap/hide.ts';
import type { PodLife } from '../types.ts';
import { keepLeft } from './left.ts';
import type { NodePrograms } from './node-exec.ts';

const life = { pod: 'gateway-0', tier: 'gateway', uid: 'u', life: 0, node: 'worker' } as PodLife;
const name = 'exporter_otlp_grpc_tempo_traces';

let run = '';
let volume = '';
let process: ChildProcess;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'left-'));
  volume = join(run, 'volume');
  mkdirSync(volume);
  process = spawn('sleep', ['60']);
});
afterEach(() => {
  process.kill('SIGKILL');
  rmSync(run, { recursive: true });
});

/** This machine as a node, on which a volume is mounted. */
function keeperOf({ destination = '/queue', directory = '/queue', hidden = '' } = {}) {
  const followed = Promise.withResolvers<void>();
  const programs: Pick<NodePrograms, 'run' | 'follow'> = {
    run: async () => JSON.stringify({ Spec: { mounts: [{ destination, source: volume }] } }),
    follow: async (_, [program = '', ...args]) => {
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      followed.resolve();
      return { output: child.stdout, end: () => void child.kill('SIGKILL') };
    },
  };
  const storage = { kind: 'extensions', type: 'file_storage', config: { directory } };
  const form = Buffer.from(hidden).toString('base64');
  const keeper = keepLeft({
    programs,
    moments: { of: () => ({ processId: process.pid ?? 0 }) },
    componentsOf: () => [storage as unknown as Component],
    hiding: createHiding(hidden === '' ? [] : [{ form, shown: 'hidden.' }]),
    runFolder: run,
  });
  return { keeper, followed: followed.promise };
}

/** The container runs for a while, and ends. */
async function leftBy(change: Parameters<typeof keeperOf>[0] = {}, next?: PodLife) {
  const { keeper, followed } = keeperOf(change);
  keeper.follow(life, 'c');
  if (change.destination === undefined) await followed;
  process.kill('SIGKILL');
  await once(process, 'exit');
  await keeper.settled(life);
  return keeper.of(life, next ? [life, next] : [life]);
}

describe('what a container of a node left', () => {
  it('is copied when its process has ended, queues and nothing else', async () => {
    writeFileSync(join(volume, name), 'queued\n\0end 5\n');
    writeFileSync(join(volume, 'receiver_file_log_'), 'offsets');
    const file = `evidence/queues/gateway-0.0/0/${name}`;
    expect(await leftBy()).toEqual({ files: [{ path: `/queue/${name}`, file }] });
    expect(readFileSync(join(run, file), 'utf8')).toBe('queued\n\0end 5\n');
    expect(existsSync(join(run, 'evidence/queues/gateway-0.0/0/receiver_file_log_'))).toBe(false);
  });

  it('is not there while it runs, and nothing is of one that stores nothing', async () => {
    const { keeper, followed } = keeperOf();
    keeper.follow(life, 'c');
    await followed;
    expect(keeper.of(life, [life])?.lacking).toBe('it is not copied');
    expect(keeper.of({ ...life, life: 1 }, [])).toBeUndefined();
    keeper.end();
  });

  it('is worth nothing where the next container ran before the copy was whole', async () => {
    writeFileSync(join(volume, name), 'queued');
    const next = { ...life, life: 1, startedMs: Date.now() - 1_000 };
    expect((await leftBy({}, next))?.lacking).toMatch(/next container had started/);
    const later = { ...next, startedMs: Date.now() + 60_000 };
    process = spawn('sleep', ['60']);
    expect((await leftBy({}, later))?.lacking).toBeUndefined();
  });

  it.each([
    ['its folder is not there', { directory: '/queue/other' }, /is no folder/],
    ['it is on no volume', { destination: '/elsewhere' }, /is on no volume/],
  ])('is told to lack where %s', async (_, change, why) => {
    expect(await leftBy(change)).toEqual({ files: [], lacking: expect.stringMatching(why) });
  });

  it('follows no link that a pod left there', async () => {
    const secret = join(run, 'secret');
    writeFileSync(secret, 'of the node');
    symlinkSync(secret, join(volume, name));
    expect((await leftBy())?.lacking).toMatch(/is no file/);
    symlinkSync(run, join(volume, 'linked'));
    process = spawn('sleep', ['60']);
    expect((await leftBy({ directory: '/queue/linked' }))?.lacking).toMatch(/is no folder/);
  });

  it('hides what no record may hold', async () => {
    writeFileSync(join(volume, name), 'key=s3cret!');
    const left = await leftBy({ hidden: 's3cret!' });
    expect(readFileSync(join(run, left?.files[0]?.file ?? ''), 'utf8')).toBe('key=hidden.');
  });
});
