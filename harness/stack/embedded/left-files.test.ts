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
import { copyQueues } from './left-files.ts';

let run = '';
let volume = '';
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'left-files-'));
  volume = join(run, 'volume');
  mkdirSync(join(volume, 'queue'), { recursive: true });
});
afterEach(() => rmSync(run, { recursive: true }));

const storage = (directory?: string): Component =>
  ({
    kind: 'extensions',
    type: 'file_storage',
    config: directory === undefined ? {} : { directory },
  }) as unknown as Component;

const idle = createHiding([]);
const copy = (components: readonly Component[], hiding = idle) =>
  copyQueues(components, (path) => ({ base: volume, below: path }), hiding, {
    folder: join(run, 'copies'),
    called: 'copies',
  });

const name = 'exporter_otlp_grpc_tempo_traces';

describe('copyQueues', () => {
  it('copies the queues of exporters and nothing else', () => {
    writeFileSync(join(volume, 'queue', name), 'queued');
    writeFileSync(join(volume, 'queue', 'receiver_file_log_'), 'offsets');
    const left = copy([storage('/queue')]);
    expect(left).toEqual({ files: [{ path: `/queue/${name}`, file: `copies/0/${name}` }] });
    expect(readFileSync(join(run, 'copies', '0', name), 'utf8')).toBe('queued');
    expect(existsSync(join(run, 'copies', '0', 'receiver_file_log_'))).toBe(false);
  });

  it('copies nothing where nothing is stored', () => {
    expect(copy([])).toBeUndefined();
  });

  it('says so where the folder is not there, of the default as well', () => {
    expect(copy([storage('/elsewhere')])).toMatchObject({
      files: [],
      lacking: expect.stringMatching(/ENOENT/),
    });
    expect(copy([storage()])?.lacking).toMatch(/ENOENT/);
  });

  it('follows no link that a pod left there', () => {
    const secret = join(run, 'secret');
    writeFileSync(secret, 'of the machine');
    symlinkSync(secret, join(volume, 'queue', name));
    expect(copy([storage('/queue')])).toMatchObject({
      files: [],
      lacking: expect.stringMatching(/ELOOP/),
    });
    symlinkSync(run, join(volume, 'linked'));
    expect(copy([storage('/linked')])).toMatchObject({
      files: [],
      lacking: expect.stringMatching(/is no folder/),
    });
  });

  it('hides what no record may hold', () => {
    writeFileSync(join(volume, 'queue', name), 'key=s3cret!');
    const form = Buffer.from('s3cret!').toString('base64');
    copy([storage('/queue')], createHiding([{ form, shown: 'hidden.' }]));
    expect(readFileSync(join(run, 'copies', '0', name), 'utf8')).toBe('key=hidden.');
  });
});
