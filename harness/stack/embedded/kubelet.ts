import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Component } from '../../pipeline/types.ts';
import type { Hiding } from '../../tap/hide.ts';
import type { PodLife } from '../types.ts';
import { PodUnready, readUnready } from '../unready.ts';
import { createPodCgroup, type MemoryCgroups, oomKills } from './cgroup.ts';
import { startContainer, whereIs } from './container.ts';
import { containerOf, signalContainer } from './container-process.ts';
import { createPodCpuCgroup } from './cpu-cgroup.ts';
import { copyQueues } from './left-files.ts';
import { volumesFolderOf } from './leftovers.ts';
import type { PodSpec } from './podspec.ts';
import { isReady, lastLines } from './probe.ts';

/** A pod that runs, or is about to be started again. */
export interface Pod {
  readonly spec: PodSpec;
  /** Made by the bench: its network, memory group and tree are named so, never by a manifest. */
  readonly id: string;
  readonly uid: string;
  readonly address: string;
  readonly published: string;
  /** Name of the record in front of this pod, if any. */
  readonly recorder: string | undefined;
  child: ChildProcess | undefined;
  ready: boolean;
  /** Set before whoever means to end the container does. */
  expected: 'stop' | 'fault' | undefined;
  deleted: boolean;
}

export interface KubeletSettings {
  readonly runFolder: string;
  readonly cgroups: MemoryCgroups | undefined;
  readonly authority: string;
  /** PEM of an authority that pods trust beside those that the machine trusts. */
  readonly trusted?: string | undefined;
  readonly tokenOf: (namespace: string, account: string) => string;
  readonly nodeNames: readonly string[];
  /** What no log may hold. */
  readonly hiding: Hiding;
  readonly hostAddress: (node: number) => string;
  readonly now: () => number;
  /** What a tier's config declares; nothing of what is no tier. */
  readonly componentsOf: (tier: string) => readonly Component[];
  /** Something about a pod changed: its readiness, its life. */
  readonly onChange: (pod: Pod) => void;
}

export interface Kubelet {
  readonly lives: readonly PodLife[];
  start(pod: Pod): void;
  /**
   * Resolves when the pod is ready. A container that ends before is started again, as a kubelet
   * does: what it stumbled over may have gone by then.
   * @throws PodUnready with what its log says when it ended once more, or is too slow
   */
  untilReady(pod: Pod, timeoutMs: number): Promise<void>;
  /** SIGTERM, then SIGKILL after the grace period. Resolves when the process is gone. */
  stop(pod: Pod, reason: 'stop' | 'fault', graceMs: number): Promise<void>;
}

/** The kubelet looks at its containers this often before it starts a dead one again. */
const restartAfterMs = 1_000;
const crashLoopMs = 10_000;
const probeEveryMs = 50;
const watchMemoryEveryMs = 100;
/** The end of a log, of which a message shows a few. */
const consideredLines = 200;

export function createKubelet(settings: KubeletSettings): Kubelet {
  const lives: PodLife[] = [];
  const replace = (old: PodLife, change: Partial<PodLife>): PodLife => {
    const next = { ...old, ...change };
    lives[lives.indexOf(old)] = next;
    return next;
  };
  const start = (pod: Pod): void => {
    const { spec } = pod;
    const life = lives.filter((l) => l.pod === spec.name).length;
    const cgroup = cgroupOf(settings, pod);
    const killsBefore = settings.cgroups && cgroup ? oomKills(settings.cgroups, cgroup) : 0;
    const logFile = logFileOf(settings, spec.name, life);
    const child = startContainer({
      spec,
      id: pod.id,
      life,
      address: pod.address,
      hostAddress: settings.hostAddress(spec.node),
      nodeName: settings.nodeNames[1 + spec.node] ?? '',
      uid: pod.uid,
      cgroup,
      cpuCgroup: cpuCgroupOf(settings, pod),
      logFile,
      hiding: settings.hiding,
      volumesFolder: volumesFolderOf(settings.runFolder),
      authority: settings.authority,
      trusted: settings.trusted,
      token: settings.tokenOf(spec.namespace, spec.serviceAccount),
    });
    pod.child = child;
    pod.ready = false;
    pod.expected = undefined;
    let record = newLife(pod, life, settings);
    lives.push(record);
    const watcher = watchMemory(spec, child, cgroup);
    void probe(pod, child, logFile, () => {
      record = replace(record, { readyMs: settings.now() });
      settings.onChange(pod);
    });
    // Not before its log is written to the end.
    child.once('close', (code, signal) => {
      clearInterval(watcher.timer);
      const kernel =
        settings.cgroups && cgroup ? oomKills(settings.cgroups, cgroup) - killsBefore : 0;
      const oomKilled = watcher.killed() || kernel > 0;
      pod.ready = false;
      pod.child = undefined;
      const endedMs = settings.now();
      record = replace(record, {
        endedMs,
        left: leftBy(settings, pod, life),
        exitCode: code ?? 128 + signalNumber(signal),
        signal: signal ?? undefined,
        oomKilled,
        ending: oomKilled ? 'unasked' : (pod.expected ?? 'unasked'),
      });
      settings.onChange(pod);
      if (!pod.deleted && pod.expected !== 'stop') restartLater(pod, life);
    });
  };
  const restartLater = (pod: Pod, life: number): void => {
    const waitMs = life === 0 ? restartAfterMs : crashLoopMs;
    setTimeout(() => {
      if (!pod.deleted && pod.expected !== 'stop' && !pod.child) start(pod);
    }, waitMs).unref();
  };
  return {
    lives,
    start,
    untilReady: (pod, timeoutMs) => untilReady(pod, timeoutMs, settings, lives),
    stop: async (pod, reason, graceMs) => {
      const gone = stop(pod, reason, graceMs);
      // A pod that is being deleted is no endpoint any more, while its process still winds down.
      settings.onChange(pod);
      await gone;
    },
  };
}

const signalNumber = (signal: NodeJS.Signals | null): number =>
  signal === 'SIGKILL' ? 9 : signal === 'SIGTERM' ? 15 : signal === null ? 0 : 1;

const logFileOf = (settings: KubeletSettings, pod: string, life: number): string =>
  join(settings.runFolder, 'evidence', 'logs', `${pod}.${life}.log`);

function cgroupOf({ cgroups }: KubeletSettings, { spec, id }: Pod): string | undefined {
  if (!cgroups || spec.memoryLimitBytes === undefined) return undefined;
  return createPodCgroup(cgroups, id, spec.memoryLimitBytes);
}

function cpuCgroupOf({ cgroups }: KubeletSettings, { spec, id }: Pod): string | undefined {
  if (!cgroups?.cpuFolder || spec.cpuLimit === undefined) return undefined;
  const { version, cpuFolder: folder } = cgroups;
  return createPodCpuCgroup({ version, folder }, id, spec.cpuLimit);
}

/** Its process is gone and its successor is not there yet: what it left on disk is at rest. */
function leftBy(settings: KubeletSettings, { spec, id, uid }: Pod, life: number) {
  const { runFolder, componentsOf, hiding } = settings;
  const volumesFolder = volumesFolderOf(runFolder);
  const called = join('evidence', 'queues', `${spec.name}.${life}`);
  return copyQueues(
    componentsOf(spec.tier),
    (path) => whereIs(path, { spec, id, life, uid, volumesFolder }),
    hiding,
    { folder: join(runFolder, called), called },
  );
}

function newLife(pod: Pod, life: number, settings: KubeletSettings): PodLife {
  return {
    pod: pod.spec.name,
    tier: pod.spec.tier,
    ordinal: pod.spec.ordinal,
    life,
    uid: pod.uid,
    node: settings.nodeNames[1 + pod.spec.node] ?? '',
    address: pod.published,
    recorder: pod.recorder,
    startedMs: settings.now(),
    readyMs: undefined,
    endedMs: undefined,
    exitCode: undefined,
    signal: undefined,
    oomKilled: false,
    ending: 'running',
  };
}

async function probe(
  pod: Pod,
  child: ChildProcess,
  logFile: string,
  onReady: () => void,
): Promise<void> {
  while (pod.child === child && !pod.deleted) {
    if (await isReady(pod.spec.ready, pod.address, logFile)) {
      if (pod.child !== child || pod.deleted) return;
      pod.ready = true;
      onReady();
      return;
    }
    await sleep(probeEveryMs);
  }
}

/** Where no cgroup can be had: kills a process whose memory, swapped or not, passes the limit. */
function watchMemory(spec: PodSpec, child: ChildProcess, cgroup: string | undefined) {
  let killed = false;
  const limit = spec.memoryLimitBytes;
  const timer =
    limit === undefined || cgroup !== undefined
      ? undefined
      : setInterval(() => {
          if (memoryBytes(containerOf(child) ?? 0) <= limit) return;
          killed = true;
          signalContainer(child, 'SIGKILL');
        }, watchMemoryEveryMs);
  timer?.unref();
  return { timer, killed: () => killed };
}

function memoryBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = [...status.matchAll(/^Vm(?:RSS|Swap):\s+(\d+) kB$/gm)];
    return kilobytes.reduce((sum, [, size]) => sum + Number(size) * 1024, 0);
  } catch {
    return 0;
  }
}

async function untilReady(
  pod: Pod,
  timeoutMs: number,
  settings: KubeletSettings,
  lives: readonly PodLife[],
): Promise<void> {
  const deadline = settings.now() + timeoutMs;
  while (!pod.ready) {
    const own = lives.filter((l) => l.pod === pod.spec.name);
    const ended = own.filter((l) => l.endedMs !== undefined && l.readyMs === undefined).at(-1);
    const late = settings.now() > deadline;
    if (ended) {
      const how = `exit code ${ended.exitCode}${ended.oomKilled ? ' (out of memory)' : ''}`;
      const told = unready(pod, `ended with ${how} before it was ready`, ended.life, settings);
      if (late || ended.life > 0 || told.unready.kind === 'config-rejected') throw told;
    } else if (late) {
      const what = `was not ready after ${Math.round(timeoutMs / 1_000)} s`;
      throw unready(pod, what, own.at(-1)?.life ?? 0, settings);
    }
    await sleep(probeEveryMs);
  }
}

function unready(pod: Pod, what: string, life: number, settings: KubeletSettings): PodUnready {
  const { name, tier } = pod.spec;
  const file = logFileOf(settings, name, life);
  return new PodUnready(
    readUnready({
      pod: name,
      tier,
      what: `pod ${name} ${what}`,
      lines: lastLines(file, consideredLines),
      logFile: relative(process.cwd(), file),
      components: settings.componentsOf(tier),
    }),
  );
}

async function stop(pod: Pod, reason: 'stop' | 'fault', graceMs: number): Promise<void> {
  const { child } = pod;
  pod.expected = reason;
  pod.deleted = true;
  if (!child) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  signalContainer(child, 'SIGTERM');
  const timer = setTimeout(() => signalContainer(child, 'SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}
