import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { entryOf, urlsOf } from './entries.ts';
import { frontsOf, servicesOf } from './fronts.ts';
import { tierOf, twoTier } from './pipeline.testing.ts';
import { createRoles, makerOf, podsOf } from './roles.ts';

const nodes = [
  { name: 'one', address: '172.18.0.3' },
  { name: 'two', address: '172.18.0.4' },
];
const names = nodes.map(({ name }) => name);

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
  const roleOf = createRoles(twoTier.tiers, names);

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
  const clusterAddresses = new Map([['observability/gateway-collector', '10.96.0.7']]);
  const seen = { pods, clusterAddresses, nodes, roleOf: createRoles(twoTier.tiers, names) };

  it('are those of the tier that is sent to, with its Services but the headless', () => {
    const fronts = frontsOf(twoTier, tierOf('gateway'), seen, 3);
    expect(fronts).toMatchObject([
      { name: 'gateway-1-0', address: '10.1.0.7', nodeAddress: '172.18.0.3', protocol: 'grpc' },
      { name: 'gateway-0-0', address: '10.1.1.7', nodeAddress: '172.18.0.4', port: 4317 },
    ]);
    expect(fronts.map(({ services }) => services)).toEqual([
      [{ address: '10.96.0.7', port: 4317 }],
      [{ address: '10.96.0.7', port: 4317 }],
    ]);
    expect(fronts.map(({ tapPort }) => tapPort)).toEqual([22_003, 22_004]);
    expect(servicesOf(twoTier, tierOf('gateway')).map(({ name }) => name)).not.toContain(
      'gateway-collector-headless',
    );
  });

  it('the first tier has none: what the load was answered tells', () => {
    expect(frontsOf(twoTier, tierOf('agent'), seen, 0)).toEqual([]);
  });
});

describe('where the load goes in', () => {
  it('at the agents’ own port on each node', () => {
    expect(entryOf(twoTier)).toEqual({ kind: 'hostPort', port: 4318 });
    expect(urlsOf(['172.18.0.3'], 4318)).toEqual([
      {
        traces: 'http://172.18.0.3:4318/v1/traces',
        logs: 'http://172.18.0.3:4318/v1/logs',
        metrics: 'http://172.18.0.3:4318/v1/metrics',
      },
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
});
