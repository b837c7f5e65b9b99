import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { Tier } from '../../pipeline/types.ts';
import type { Kube } from './api.ts';
import { isCrashing, isUp, unreadyOf } from './ready.ts';

const pod = (
  ready: boolean,
  status: Partial<V1ContainerStatus> = {},
  readinessProbe?: object,
): V1Pod => ({
  metadata: { name: 'agent-0', namespace: 'obs' },
  spec: { containers: [{ name: 'otc', ...(readinessProbe ? { readinessProbe } : {}) }] },
  status: {
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [{ name: 'otc', image: '', imageID: '', ready, restartCount: 0, ...status }],
  },
});

const kubeThatSays = (log: string, previous = ''): Kube =>
  ({
    core: {
      readNamespacedPodLog: async (ask: { previous: boolean }) => (ask.previous ? previous : log),
    },
  }) as unknown as Kube;

const tier = {
  name: 'agent',
  components: [
    {
      kind: 'exporters',
      id: 'loadbalancing',
      type: 'loadbalancing',
      config: {},
      place: { file: 'agent.yaml', line: 9, column: 5 },
    },
  ],
} as unknown as Tier;

describe('isUp', () => {
  it('asks a pod without a probe for its own word', async () => {
    expect(await isUp(kubeThatSays('Starting otelcol-contrib...'), pod(true))).toBe(false);
    expect(await isUp(kubeThatSays('Everything is ready. Begin running'), pod(true))).toBe(true);
    expect(await isUp(kubeThatSays('Everything is ready. Begin running'), pod(false))).toBe(false);
  });

  it('believes a probe', async () => {
    expect(await isUp(kubeThatSays(''), pod(true, {}, { httpGet: {} }))).toBe(true);
  });
});

describe('a pod that does not come up', () => {
  it('is given one more try', () => {
    expect(isCrashing(pod(false, { restartCount: 1 }))).toBe(false);
    expect(isCrashing(pod(false, { restartCount: 2 }))).toBe(true);
    expect(isCrashing(pod(true, { restartCount: 2, ready: true }))).toBe(false);
  });

  it('is told by the log of the container that ended', async () => {
    const crashed = pod(false, {
      restartCount: 2,
      lastState: { terminated: { exitCode: 1 } },
    });
    const error = 'Error: failed to get config: invalid keys: resolvr in "loadbalancing"';
    const { unready } = await unreadyOf(kubeThatSays('', error), crashed, tier, 5_000);
    expect(unready).toMatchObject({
      kind: 'config-rejected',
      error,
      component: 'loadbalancing',
      what: 'pod agent-0 ended with exit code 1 before it was ready',
    });
  });

  it('that hangs is told by what the API refused it', async () => {
    const log =
      'E1128 reflector.go:200] "Failed to watch" err="failed to list *v1.EndpointSlice: ' +
      'endpointslices.discovery.k8s.io is forbidden: User \\"system:serviceaccount:obs:collector\\" ' +
      'cannot list resource \\"endpointslices\\" in API group \\"discovery.k8s.io\\" in the ' +
      'namespace \\"obs\\""';
    const { unready } = await unreadyOf(kubeThatSays(log), pod(true), tier, 180_000);
    expect(unready).toMatchObject({
      kind: 'never-ready',
      what: 'pod agent-0 was not ready after 180 s',
      denied: [
        {
          account: 'obs/collector',
          verb: 'list',
          resource: 'endpointslices',
          group: 'discovery.k8s.io',
        },
      ],
      component: 'loadbalancing',
    });
  });
});
