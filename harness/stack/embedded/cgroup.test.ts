import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMemoryCgroups, createPodCgroup, removeMemoryCgroups } from './cgroup.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cgroup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A kernel makes a group's files with its folder; here they are there before. */
function podWith(version: 1 | 2, files: readonly string[]): (name: string) => string {
  const pod = createPodCgroup({ version, folder }, 'pod', 1_000);
  for (const name of files) writeFileSync(join(pod, name), 'max');
  createPodCgroup({ version, folder }, 'pod', 1_000);
  return (name) => readFileSync(join(pod, name), 'utf8');
}

it('limits memory and swap together', () => {
  const second = podWith(2, ['memory.swap.max']);
  expect([second('memory.max'), second('memory.swap.max')]).toEqual(['1000', '0']);
  const first = podWith(1, ['memory.memsw.limit_in_bytes', 'memory.swappiness']);
  expect(['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'].map(first)).toEqual([
    '1000',
    '1000',
  ]);
  expect(first('memory.swappiness')).toBe('0');
});

it('sets nothing that the kernel does not have', () => {
  const pod = createPodCgroup({ version: 2, folder }, 'pod', 1_000);
  expect(existsSync(join(pod, 'memory.swap.max'))).toBe(false);
});

it('leaves nothing of what it tried', () => {
  const there = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory'].map((path) => existsSync(path));
  const cgroups = createMemoryCgroups(process.pid);
  if (cgroups) removeMemoryCgroups(cgroups);
  expect(existsSync(cgroups?.folder ?? '/nowhere')).toBe(false);
  expect(existsSync(cgroups?.cpuFolder ?? '/nowhere')).toBe(false);
  expect(['/sys/fs/cgroup', '/sys/fs/cgroup/memory'].map((path) => existsSync(path))).toEqual(
    there,
  );
});
