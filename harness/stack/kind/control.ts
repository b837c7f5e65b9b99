import type { Control, PodLife, TapControl } from '../types.ts';
import type { Kube } from './api.ts';
import type { MomentKeeper } from './moments.ts';
import type { NodePrograms } from './node-exec.ts';
import type { PodWatcher } from './watcher.ts';

export interface ControlParts {
  readonly kube: Kube;
  readonly programs: NodePrograms;
  readonly moments: MomentKeeper;
  readonly watcher: PodWatcher;
  readonly taps: TapControl;
}

/** A container's end is told by its node within milliseconds. */
const toldWithinMs = 5_000;

/** Faults in a cluster: its nodes signal containers, its API replaces pods, its tap refuses. */
export function clusterControl({ kube, programs, moments, watcher, taps }: ControlParts): Control {
  const running = (name: string): PodLife & { readonly containerId: string } => {
    const life = watcher.lives.findLast((l) => l.pod === name && l.endedMs === undefined);
    const containerId = life && watcher.containerOf(life);
    if (!life || containerId === undefined) throw new Error(`pod ${name} has no running container`);
    return { ...life, containerId };
  };
  const untilEnded = async (name: string, containerId: string, withinMs: number): Promise<void> => {
    if (await moments.untilEnded(containerId, withinMs)) return;
    throw new Error(`when the container of pod ${name} ended was not told by its node`);
  };
  return {
    taps,
    pods: {
      signal: async (name, signal) => {
        const life = running(name);
        const { containerId, node } = life;
        if (signal === 'SIGKILL') watcher.expect(life);
        const kill = ['ctr', '--namespace', 'k8s.io', 'tasks', 'kill', '--signal', signal];
        await programs.run(node, [...kill, containerId]);
        if (signal === 'SIGKILL') await untilEnded(name, containerId, toldWithinMs);
      },
      processState: async (name) => {
        const life = watcher.lives.findLast((l) => l.pod === name && l.endedMs === undefined);
        const processId = moments.of((life && watcher.containerOf(life)) ?? '')?.processId;
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
    },
  };
}
