import { describe, expect, it } from 'vitest';
import type { PodLife } from '../types.ts';
import { type ControlParts, clusterControl } from './control.ts';
import type { Moments } from './moments.ts';

const life = { pod: 'gateway-0', uid: 'u', life: 1, node: 'worker', endedMs: undefined };

const podSpec = {
  volumes: [
    { name: 'queue', emptyDir: {} },
    { name: 'logs', hostPath: { path: '/var/log' } },
  ],
  containers: [
    {
      resources: { limits: { memory: '512Mi' } },
      volumeMounts: [
        { name: 'queue', mountPath: '/queue/' },
        { name: 'logs', mountPath: '/logs' },
      ],
    },
  ],
};
const mounts = [
  { destination: '/queue', source: '/pods/u/queue' },
  { destination: '/logs', source: '/var/log' },
];

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
        done.push([node, ...command.map((word) => word.split('\n').at(-1))].join(' '));
        if (command.includes('info')) return JSON.stringify({ Spec: { mounts } });
        if (command.includes('-printf')) return '32768\n12\n';
        if (command.includes('exhaust-memory.sh')) return '536870912 2 400000000\n';
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
      pods: new Map([['u', { metadata: { namespace: 'observability' }, spec: podSpec }]]),
    },
    left: { settled: async () => void done.push('what it left is copied') },
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

  it('empties the volumes that are the pod’s own, while its kubelet can start nothing', async () => {
    const { done, control } = clusterOf({});
    expect(await control.wipeVolumes('gateway-0')).toEqual({ files: 2, bytes: 32_780 });
    expect(done.slice(1)).toEqual([
      expect.stringMatching(/^worker sh -c \(sleep 20; kill -CONT "\$kubelet"\)/),
      'expects the end of life 1',
      'worker ctr --namespace k8s.io tasks kill --signal SIGKILL c',
      'what it left is copied',
      'worker find /pods/u/queue -mindepth 1 -not -type d -printf %s\\n',
      'worker find /pods/u/queue -mindepth 1 -delete',
      'worker sh -c kill -CONT $(pidof kubelet)',
    ]);
  });

  it('lets the kubelet go on where the container is not killed', async () => {
    const { done, control } = clusterOf({ told: false });
    await expect(control.wipeVolumes('gateway-0')).rejects.toThrow(/was not told/);
    expect(done.at(-1)).toBe('worker sh -c kill -CONT $(pidof kubelet)');
    expect(done.join()).not.toContain('-delete');
  });

  it('fills the memory of the container’s own cgroup', async () => {
    const moments = { processId: 4711, oomKilled: true };
    const { control } = clusterOf({ moments });
    expect(await control.exhaustMemory('gateway-0')).toEqual({
      kernelKills: 2,
      pid: 4711,
      limitBytes: 536_870_912,
      ballastBytes: 400_000_000,
    });
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
