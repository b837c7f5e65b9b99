import { describe, expect, it } from 'vitest';
import type { PodLife } from '../types.ts';
import { type ControlParts, clusterControl } from './control.ts';
import type { Moments } from './moments.ts';

const life = { pod: 'gateway-0', uid: 'u', life: 1, node: 'worker', endedMs: undefined };

/** A cluster that notes what is done to it. */
function clusterOf({
  moments = { processId: 4711 },
  told = true,
  state = 'State:\tT (stopped)',
}: {
  moments?: Moments;
  /** Whether ends are. */
  told?: boolean;
  state?: string;
}) {
  const done: unknown[] = [];
  const parts = {
    kube: {
      core: { deleteNamespacedPod: async (request: unknown) => void done.push(request) },
    },
    programs: {
      run: async (node: string, command: readonly string[]) => {
        done.push([node, ...command].join(' '));
        return `Name:\totelcol\n${state}\n`;
      },
    },
    moments: {
      of: (id: string) => (id === 'c' ? moments : undefined),
      untilEnded: async () => (told ? { endedMs: 5 } : undefined),
    },
    watcher: {
      lives: [{ ...life, life: 0, endedMs: 1 }, life],
      containerOf: (own: PodLife) => (own.life === 1 ? 'c' : 'before'),
      expect: (own: PodLife) => done.push(`expects the end of life ${own.life}`),
      pods: new Map([['u', { metadata: { namespace: 'observability' } }]]),
    },
  };
  return { done, control: clusterControl(parts as unknown as ControlParts).pods };
}

describe('control of pods in a cluster', () => {
  it('signals the container that runs now, on its node', async () => {
    const { done, control } = clusterOf({});
    await control.signal('gateway-0', 'SIGSTOP');
    await control.signal('gateway-0', 'SIGKILL');
    expect(done).toEqual([
      'worker ctr --namespace k8s.io tasks kill --signal SIGSTOP c',
      'expects the end of life 1',
      'worker ctr --namespace k8s.io tasks kill --signal SIGKILL c',
    ]);
  });

  it('replaces a pod with a grace of whole seconds, no shorter than asked for', async () => {
    const { done, control } = clusterOf({});
    await control.replacePod('gateway-0', 1_200);
    expect(done).toEqual([
      'expects the end of life 1',
      { name: 'gateway-0', namespace: 'observability', gracePeriodSeconds: 2 },
    ]);
  });

  it('proves nothing by an end of which the moment is not known', async () => {
    const { control } = clusterOf({ told: false });
    await expect(control.signal('gateway-0', 'SIGKILL')).rejects.toThrow(/was not told/);
    await expect(control.replacePod('gateway-0', 0)).rejects.toThrow(/was not told/);
  });

  it('refuses a pod that does not run', async () => {
    const { done, control } = clusterOf({});
    await expect(control.signal('gateway-1', 'SIGKILL')).rejects.toThrow(/no running container/);
    expect(done).toEqual([]);
  });

  it('reads the state of the process', async () => {
    expect(await clusterOf({}).control.processState('gateway-0')).toBe('T');
    expect(await clusterOf({ state: '' }).control.processState('gateway-0')).toBeUndefined();
    expect(await clusterOf({ moments: {} }).control.processState('gateway-0')).toBeUndefined();
    expect(await clusterOf({}).control.processState('gateway-1')).toBeUndefined();
  });
});
