import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLogFile } from './log-file.ts';

const nowMs = Date.UTC(2026, 10, 29, 11, 40, 1);
const folder = () => mkdtempSync(join(tmpdir(), 'log-file-'));

it('is rotated when a kubelet looks and it is large: moved away, and begun anew', () => {
  const root = folder();
  const file = createLogFile(root, '/var/log/pods/shop_a_1/app/0.log', 10);
  for (const [i, line] of ['a long line\n', 'second\n', 'third\n', 'fourth\n'].entries()) {
    file.append(Buffer.from(line), nowMs + 4_000 * i);
  }
  const own = join(root, 'var/log/pods/shop_a_1/app');
  expect(readdirSync(own).sort()).toEqual(['0.log', '0.log.20261129-114013']);
  expect(readFileSync(join(own, '0.log'), 'utf8')).toBe('fourth\n');
});

it('is not led out of its folder by what a pod puts in the folder’s place', () => {
  const root = folder();
  const elsewhere = folder();
  const file = createLogFile(root, '/var/log/pods/shop_a_1/app/0.log', 1_000);
  const pods = join(root, 'var/log/pods');
  renameSync(pods, join(root, 'gone'));
  mkdirSync(join(elsewhere, 'shop_a_1', 'app'), { recursive: true });
  symlinkSync(elsewhere, pods);
  file.append(Buffer.from('a line\n'), nowMs);
  expect(readdirSync(join(elsewhere, 'shop_a_1', 'app'))).toEqual([]);
});

it('does not write through a link that a pod made of it', () => {
  const root = folder();
  const file = createLogFile(root, '/logs/0.log', 1_000);
  symlinkSync(join(folder(), 'victim'), join(root, 'logs', '0.log'));
  expect(() => file.append(Buffer.from('a line\n'), nowMs)).toThrow(/ELOOP/);
});
