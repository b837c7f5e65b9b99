import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { makerOf } from '../../pipeline/scaled.ts';
import type { AppSpec } from '../types.ts';
import { entryOf, urlsOf } from './entries.ts';
import { frontsOf, ledOnNodes, ledTo, servicesOf, sharesOf } from './fronts.ts';
import { tierOf, twoTier } from './pipeline.testing.ts';
import { createRoles, podsOf } from './roles.ts';

const nodes = [
  { name: 'one', address: '172.18.0.3' },
  { name: 'two', address: '172.18.0.4' },
];
const names = nodes.map(({ name }) => name);
const run = { pipeline: twoTier, app: undefined };

function podOf(tier: string, name: string, node: string, podIP: string): V1Pod {
  const { labels, namespace } = tierOf(tier).workload;
  return {
    metadata: { name, namespace, uid: `uid-${name}`, labels: { ...labels } },
    spec: { nodeName: node, containers: [] },
    status: { podIP },
  };
}
const pods = [
  podOf('agent', 'agent-collector-x', 'two', '10.1.1.1'),
  podOf('gateway', 'gateway-collector-1', 'one', '10.1.0.7'),
  podOf('gateway', 'gateway-collector-0', 'two', '10.1.1.7'),
];

describe('what pods are to the run', () => {
  const roleOf = createRoles({ ...run, pods: [] }, names);

  it('ordinals are a StatefulSet’s own, and of a DaemonSet the node’s', () => {
    expect(pods.map(roleOf)).toEqual([
      { tier: 'agent', ordinal: 1 },
      { tier: 'gateway', ordinal: 1 },
      { tier: 'gateway', ordinal: 0 },
    ]);
    const other = { metadata: { name: 'x', namespace: 'observability', labels: { app: 'x' } } };
    expect(roleOf(other)).toBeUndefined();
    expect(roleOf({ metadata: { name: 'tempo', namespace: 'otel-pipeline-bench' } })).toEqual({
      tier: 'tempo',
      ordinal: 0,
    });
  });

  it('a tier is made by its collector resource and has a pod a node, or its replicas', () => {
    expect(makerOf(twoTier, tierOf('gateway'))).toMatchObject({
      kind: 'OpenTelemetryCollector',
      name: 'gateway',
    });
    expect(podsOf(tierOf('agent'), 3)).toBe(3);
    expect(podsOf(tierOf('gateway'), 3)).toBe(2);
  });
});

describe('ports to be recorded', () => {
  const gateway = tierOf('gateway');
  const frontsOfPod = (pod: V1Pod | undefined, earlier: number, from: number) => {
    const ordinal = Number(pod?.metadata?.name?.at(-1));
    return pod ? frontsOf(run, { pod, tier: gateway, ordinal, earlier }, nodes, from) : [];
  };

  it('are those of the tier that is sent to, each with ports of its own', () => {
    expect([...frontsOfPod(pods[1], 0, 3), ...frontsOfPod(pods[2], 0, 4)]).toMatchObject([
      { name: 'gateway-1-0', address: '10.1.0.7', nodeAddress: '172.18.0.3', tapPort: 22_003 },
      { name: 'gateway-0-0', address: '10.1.1.7', nodeAddress: '172.18.0.4', tapPort: 22_004 },
    ]);
  });

  it('a pod that was made anew has a record of its own', () => {
    expect(frontsOfPod(pods[1], 1, 5)).toMatchObject([{ name: 'gateway-1-1', wayIn: 21_005 }]);
  });

  it('the first tier has none: what the load was answered tells', () => {
    const [pod] = pods;
    const agent = { tier: tierOf('agent'), ordinal: 1, earlier: 0 };
    expect(pod && frontsOf(run, { pod, ...agent }, nodes, 0)).toEqual([]);
  });
});

describe('where an application sends as well', () => {
  const withApp = { pipeline: twoTier, app: {} as AppSpec };
  const [pod] = pods;
  const agent = { tier: tierOf('agent'), ordinal: 1, earlier: 0 };
  const fronts = pod ? frontsOf(withApp, { pod, ...agent }, nodes, 0) : [];

  it('the first tier is recorded, and a node’s port leads to the node’s own pod', () => {
    expect(fronts).toMatchObject([{ name: 'agent-1-0', port: 4318, node: 'two' }]);
    const led = ledOnNodes(withApp, agent.tier, nodes);
    expect(led).toMatchObject([
      { service: { address: '172.18.0.3', port: 4318 }, node: 'one' },
      { service: { address: '172.18.0.4', port: 4318 }, node: 'two' },
    ]);
    const shares = sharesOf(led, fronts, new Map());
    expect(shares.map((share) => share.fronts.map(({ name }) => name))).toEqual([
      [],
      ['agent-1-0'],
    ]);
  });

  it('nothing is led where nothing is recorded', () => {
    expect(ledOnNodes(run, agent.tier, nodes)).toEqual([]);
  });
});

describe('what comes to all pods of a tier', () => {
  const clusterAddresses = new Map([['observability/gateway-collector', '10.96.0.7']]);
  const led = ledTo(twoTier, tierOf('gateway'), clusterAddresses);
  const fronts = pods
    .slice(1)
    .flatMap((pod, i) =>
      frontsOf(run, { pod, tier: tierOf('gateway'), ordinal: i, earlier: 0 }, nodes, i),
    );
  const withReady = (...ready: boolean[]) =>
    new Map(
      pods.slice(1).map((pod, i) => {
        const conditions = [{ type: 'Ready', status: ready[i] ? 'True' : 'False' }];
        return [pod.metadata?.uid ?? '', { ...pod, status: { ...pod.status, conditions } }];
      }),
    );
  const sharing = (ready: ReadonlyMap<string, V1Pod>): string[][] =>
    sharesOf(led, fronts, ready)
      .filter(({ service }) => service.address === '10.96.0.7' && service.port === 4317)
      .map((share) => share.fronts.map(({ pod }) => pod));

  it('comes by its Services but the headless', () => {
    expect(servicesOf(twoTier, tierOf('gateway')).map(({ name }) => name)).not.toContain(
      'gateway-collector-headless',
    );
    expect(led).toContainEqual({
      service: { address: '10.96.0.7', port: 4317 },
      tier: 'gateway',
      port: 4317,
    });
  });

  it('goes to those that are ready, and to all where none is', () => {
    const both = ['gateway-collector-1', 'gateway-collector-0'];
    expect(sharing(withReady(true, true))).toEqual([both]);
    expect(sharing(withReady(true, false))).toEqual([both.slice(0, 1)]);
    expect(sharing(withReady(false, false))).toEqual([both]);
  });

  it('does not go to one that is being deleted', () => {
    const ready = withReady(true, true);
    const [uid, pod] = [...ready][0] ?? [];
    const deletionTimestamp = new Date();
    if (uid && pod)
      ready.set(uid, { ...pod, metadata: { ...pod.metadata, deletionTimestamp } } as never);
    expect(sharing(ready)).toEqual([['gateway-collector-0']]);
  });
});

describe('where the load goes in', () => {
  it('at the agents’ own port on each node', () => {
    expect(entryOf(twoTier)).toEqual({ kind: 'hostPort', port: 4318, protocol: 'http' });
    expect(urlsOf(['172.18.0.3'], { port: 4318, protocol: 'http' }, 'logs')).toEqual({
      by: 'node',
      urls: ['http://172.18.0.3:4318/v1/logs'],
    });
  });

  it('in the form that the receiver takes', () => {
    const spoken = { port: 31000, protocol: 'grpc', form: 'jaegerProto' } as const;
    expect(urlsOf(['172.18.0.3'], spoken, 'traces').urls).toEqual([
      'grpc://172.18.0.3:31000/jaeger.api_v2.CollectorService/PostSpans',
    ]);
  });

  it('by a Service of the bench where pods have no port on their nodes', () => {
    const agent = tierOf('agent');
    const ports = agent.workload.ports.map(({ hostPort: _, ...port }) => port);
    const bare = { ...agent, workload: { ...agent.workload, ports } };
    expect(entryOf({ ...twoTier, tiers: [bare] })).toMatchObject({
      kind: 'service',
      object: {
        spec: { type: 'NodePort', selector: agent.workload.labels, ports: [{ port: 4318 }] },
      },
    });
  });

  it('by a Service a port, where signals have receivers of their own', () => {
    const agent = tierOf('agent');
    const ports = agent.workload.ports.map(({ hostPort: _, ...port }) => port);
    const at = (port: number) => {
      const endpoint = `0.0.0.0:${port}`;
      const config = { protocols: { grpc: { endpoint } } };
      const pipelines = agent.pipelines.map((own) => ({
        ...own,
        receivers: own.receivers.map((one) => ({ ...one, config })),
      }));
      const workload = { ...agent.workload, ports };
      const entry = entryOf({ ...twoTier, tiers: [{ ...agent, pipelines, workload }] });
      return entry?.kind === 'service' ? entry.object.metadata.name : undefined;
    };
    expect(at(4317)).toBe('bench-entry-agent-collector-otlp-grpc');
    expect(at(14_317)).toBe('bench-entry-agent-collector-otlp-grpc-14317');
  });
});
