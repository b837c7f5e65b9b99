import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Memory limits by cgroup, v1 or a delegated v2. Folders are named after the bench process that
 * made them, so that a later run can sweep what a total kill left behind.
 */
export interface MemoryCgroups {
  readonly version: 1 | 2;
  /** The run's own folder; pods are folders in it. */
  readonly folder: string;
  /** The run's own folder of CPU quotas; undefined where none can be had. */
  readonly cpuFolder?: string | undefined;
}

const prefix = 'otel-pipeline-bench-';
const v1Root = '/sys/fs/cgroup/memory';
const v2Root = '/sys/fs/cgroup';
const v1CpuRoots = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'];

/** Makes the run's cgroup folder where this user may; undefined where limits can't be had so. */
export function createMemoryCgroups(ownerPid: number): MemoryCgroups | undefined {
  for (const [version, parent] of candidates()) {
    const folder = join(parent, `${prefix}${ownerPid}`);
    try {
      // Not with its parents: where there is no such hierarchy, none is to be made.
      if (!existsSync(folder)) mkdirSync(folder);
      if (version === 2) writeFileSync(join(folder, 'cgroup.subtree_control'), '+memory');
      else readFileSync(join(folder, 'memory.limit_in_bytes'));
      return { version, folder, cpuFolder: cpuFolderOf(version, folder, ownerPid) };
    } catch {
      removeTree(folder);
    }
  }
  return undefined;
}

/** Quotas are a wish: a run without them goes on, and its notes say so. */
function cpuFolderOf(version: 1 | 2, folder: string, ownerPid: number): string | undefined {
  try {
    if (version === 2) {
      writeFileSync(join(folder, 'cgroup.subtree_control'), '+cpu');
      return folder;
    }
    const root = v1CpuRoots.find((path) => existsSync(join(path, 'cpu.cfs_quota_us')));
    if (root === undefined) return undefined;
    const own = join(root, `${prefix}${ownerPid}`);
    if (!existsSync(own)) mkdirSync(own);
    return own;
  } catch {
    return undefined;
  }
}

/** A file that the hierarchy of a version has in each of its folders. */
const signs = { 1: 'memory.limit_in_bytes', 2: 'cgroup.controllers' } as const;

/**
 * Where cgroups could be made: the v1 memory hierarchy, or this process's own delegated v2 group.
 */
function candidates(): (readonly [1 | 2, string])[] {
  const own = readOr('/proc/self/cgroup').match(/^0::(\/.*)$/m)?.[1];
  const delegated = own && own !== '/' ? [[2, join(v2Root, own, '..')] as const] : [];
  const all = [[1, v1Root] as const, ...delegated, [2, v2Root] as const];
  return all.filter(([version, parent]) => existsSync(join(parent, signs[version])));
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A group for one pod with its limit; returns the folder that its processes join. */
export function createPodCgroup(cgroups: MemoryCgroups, pod: string, limitBytes: number): string {
  const folder = join(cgroups.folder, pod);
  mkdirSync(folder, { recursive: true });
  const file = cgroups.version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
  writeFileSync(join(folder, file), String(limitBytes));
  forbidSwap(cgroups, folder, limitBytes);
  return folder;
}

/**
 * Kubernetes gives pods no swap unless told otherwise: beyond its limit a pod is killed, not slow.
 * Which of these files exist depends on the kernel's swap accounting; without swap none matters.
 */
function forbidSwap({ version }: MemoryCgroups, folder: string, limitBytes: number): void {
  const settings =
    version === 2
      ? { 'memory.swap.max': '0' }
      : { 'memory.memsw.limit_in_bytes': String(limitBytes), 'memory.swappiness': '0' };
  for (const [name, value] of Object.entries(settings)) {
    const file = join(folder, name);
    if (existsSync(file)) writeFileSync(file, value);
  }
}

/** How many of the group's processes the kernel has killed for want of memory. */
export function oomKills(cgroups: MemoryCgroups, podFolder: string): number {
  const file = cgroups.version === 1 ? 'memory.oom_control' : 'memory.events';
  return Number(/^oom_kill (\d+)$/m.exec(readOr(join(podFolder, file)))?.[1] ?? 0);
}

/** Removes a run's folders; those with a process still in them stay. */
export function removeMemoryCgroups({ folder, cpuFolder = folder }: MemoryCgroups): void {
  for (const one of new Set([folder, cpuFolder])) removeTree(one);
}

function removeTree(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(folder, entry.name));
    }
    rmdirSync(folder);
  } catch {
    // Gone already, or still in use: the next sweep takes it.
  }
}

/** Removes the folders of bench processes that are no more. Returns their names. */
export function sweepMemoryCgroups(isAlive: (pid: number) => boolean): string[] {
  const parents = [...candidates().map(([, parent]) => parent), ...v1CpuRoots];
  return parents.flatMap((parent) => {
    const names = readdirOr(parent).filter((name) => name.startsWith(prefix));
    return names.filter((name) => {
      if (isAlive(Number(name.slice(prefix.length)))) return false;
      removeTree(join(parent, name));
      return true;
    });
  });
}

function readdirOr(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
