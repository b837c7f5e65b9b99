import { describe, expect, it } from 'vitest';
import { exportObjects, type LiveObject } from './exported.ts';

const live: readonly Readonly<Record<string, unknown>>[] = [
  {
    kind: 'OpenTelemetryCollector',
    metadata: {
      name: 'gateway',
      namespace: 'otel',
      uid: 'u',
      resourceVersion: '7',
      managedFields: [{}],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', team: 'a' },
    },
    spec: { mode: 'deployment' },
    status: { version: '0.152.0' },
  },
  { kind: 'Deployment', metadata: { name: 'gateway-collector', ownerReferences: [{}] } },
  { kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt' } },
  { kind: 'ConfigMap', metadata: { name: 'config' }, data: { 'config.yaml': 'receivers: {}' } },
  { kind: 'Service', metadata: { name: 'a' }, spec: { clusterIP: '10.0.0.1', ports: [] } },
  { kind: 'Service', metadata: { name: 'b' }, spec: { clusterIP: 'None', ipFamilies: ['IPv4'] } },
  {
    kind: 'ClusterRoleBinding',
    metadata: { name: 'reads-pods' },
    subjects: [{ kind: 'ServiceAccount', name: 'gateway', namespace: 'otel' }],
    roleRef: { kind: 'ClusterRole', name: 'pods' },
  },
  {
    kind: 'ClusterRoleBinding',
    metadata: { name: 'another' },
    subjects: [{ namespace: 'kube-system' }],
    roleRef: { name: 'all' },
  },
  { kind: 'ClusterRole', metadata: { name: 'pods' }, rules: [] },
  { kind: 'ClusterRole', metadata: { name: 'all' }, rules: [] },
];
const asked: string[] = [];
const list = async (apiVersion: string, kind: string, namespace: string | undefined) => {
  asked.push(`${kind} ${namespace ?? ''}`);
  return live.flatMap((one) =>
    one.kind === kind ? [{ apiVersion, ...one } as unknown as LiveObject] : [],
  );
};

describe('objects of a live cluster', () => {
  it('are exported as somebody wrote them: not what others made, nor what the server added', async () => {
    const exported = await exportObjects(list, ['otel']);
    expect(exported.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'OpenTelemetryCollector gateway',
      'ConfigMap config',
      'Service a',
      'Service b',
      'ClusterRoleBinding reads-pods',
      'ClusterRole pods',
    ]);
    expect(exported[0]).toEqual({
      apiVersion: 'opentelemetry.io/v1beta1',
      kind: 'OpenTelemetryCollector',
      metadata: { name: 'gateway', namespace: 'otel', annotations: { team: 'a' } },
      spec: { mode: 'deployment' },
    });
    expect(exported[2]?.spec).toEqual({ ports: [] });
    expect(exported[3]?.spec).toEqual({ clusterIP: 'None' });
  });

  it('hold no Secret: none is asked for', () => {
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((one) => one.startsWith('Secret'))).toEqual([]);
  });
});
