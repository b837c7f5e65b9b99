import type { ProxyName } from '../../scenario/apps.ts';
import { stripMark } from '../app-proxy.ts';
import { strippedRequests } from '../stripped.ts';
import type { Control, PodLife, TapControl } from '../types.ts';
import type { Kube } from './api.ts';
import { exhaustMemory } from './exhaust-memory.ts';
import type { LeftKeeper } from './left.ts';
import { clusterLinks } from './links.ts';
import type { MomentKeeper } from './moments.ts';
import type { NodePrograms } from './node-exec.ts';
import { type ScaleParts, scaling } from './scale.ts';
import type { PodWatcher, RunningLife } from './watcher.ts';
import { wipeVolumes } from './wipe-volumes.ts';

export interface ControlParts extends Pick<ScaleParts, 'pipeline'> {
  readonly kube: Kube;
  readonly programs: NodePrograms;
  readonly moments: MomentKeeper;
  readonly watcher: PodWatcher;
  readonly left: Pick<LeftKeeper, 'settled'>;
  readonly taps: TapControl;
  /** Name of the record in front of a pod, by its uid. */
  readonly recorderOf: (uid: string) => string | undefined;
  readonly runFolder: string;
}

/** A container's end is told by its node within milliseconds. */
const toldWithinMs = 5_000;

/** Faults in a cluster: its nodes signal containers, its API replaces pods, its tap refuses. */
export function clusterControl(parts: ControlParts): Control {
  const { kube, programs, moments, watcher, taps, left } = parts;
  const running = (name: string): RunningLife => {
    const life = watcher.lives.findLast((l) => l.pod === name && l.endedMs === undefined);
    const containerId = life && watcher.containerOf(life);
    if (!life || containerId === undefined) throw new Error(`pod ${name} has no running container`);
    return { ...life, containerId };
  };
  const podOf = ({ pod, uid }: PodLife) => {
    const found = watcher.pods.get(uid);
    if (!found) throw new Error(`pod ${pod} is not there`);
    return found;
  };
  const untilEnded = async (name: string, containerId: string, withinMs: number): Promise<void> => {
    if (await moments.untilEnded(containerId, withinMs)) return;
    throw new Error(`when the container of pod ${name} ended was not told by its node`);
  };
  const kill = async (life: RunningLife): Promise<void> => {
    watcher.expect(life);
    await signalContainer(programs, life, 'SIGKILL');
    await untilEnded(life.pod, life.containerId, toldWithinMs);
  };
  const processOf = (life: PodLife | undefined): number | undefined =>
    moments.of((life && watcher.containerOf(life)) ?? '')?.processId;
  const mark = async (name: string, proxy: ProxyName, headers: readonly string[], by: string[]) => {
    const life = running(name);
    const root = `/proc/${processOf(life)}/root`;
    const files = headers.map((header) => root + stripMark(proxy, header));
    await programs.run(life.node, [...by, ...files]);
  };
  return {
    taps,
    proxies: {
      strip: (name, proxy, headers) => mark(name, proxy, headers, ['touch']),
      pass: (name, proxy, headers) => mark(name, proxy, headers, ['rm', '-f']),
      strippedRequests: (name, proxy) => strippedRequests(parts.runFolder, name, proxy),
    },
    links: clusterLinks(programs, running, parts.recorderOf),
    pods: {
      ...scaling(parts),
      signal: async (name, signal) => {
        if (signal === 'SIGKILL') await kill(running(name));
        else await signalContainer(programs, running(name), signal);
      },
      processState: async (name) => {
        const life = watcher.lives.findLast((l) => l.pod === name && l.endedMs === undefined);
        const processId = processOf(life);
        if (!life || processId === undefined) return undefined;
        const status = await programs
          .run(life.node, ['cat', `/proc/${processId}/status`])
          .catch(() => '');
        return /^State:\s+(\w)/m.exec(status)?.[1];
      },
      replacePod: async (name, graceMs) => {
        const life = running(name);
        const namespace = watcher.pods.get(life.uid)?.metadata?.namespace ?? '';
        watcher.expect(life);
        const gracePeriodSeconds = Math.ceil(graceMs / 1_000);
        await kube.core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds });
        await untilEnded(name, life.containerId, graceMs + toldWithinMs);
      },
      exhaustMemory: async (name) => {
        const life = running(name);
        const killed = await exhaustMemory({ programs, moments }, life, podOf(life));
        await untilEnded(name, life.containerId, toldWithinMs);
        return killed;
      },
      wipeVolumes: async (name) => {
        const life = running(name);
        return wipeVolumes(programs, life, podOf(life), async () => {
          await kill(life);
          await left.settled(life);
        });
      },
    },
  };
}

async function signalContainer(
  programs: Pick<NodePrograms, 'run'>,
  { node, containerId }: RunningLife,
  signal: string,
): Promise<void> {
  const kill = ['ctr', '--namespace', 'k8s.io', 'tasks', 'kill', '--signal', signal];
  await programs.run(node, [...kill, containerId]);
}
