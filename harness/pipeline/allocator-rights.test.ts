import { expect, it } from 'vitest';
import { allocatorsOf } from './allocator.ts';
import { rightsLacking } from './allocator-rights.ts';
import { loadPipeline } from './load.ts';

const collector = (more: string): string => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: scraper, namespace: obs }
spec:
  mode: statefulset
  targetAllocator: { enabled: true, prometheusCR: { enabled: ${more} } }
  config:
    receivers: { prometheus: { config: { scrape_configs: [] } } }
    exporters: { prometheusremotewrite: { endpoint: "http://prometheus:9090/api/v1/write" } }
    service: { pipelines: { metrics: { receivers: [prometheus], exporters: [prometheusremotewrite] } } }
`;
const role = (kind: string, namespace: string, resources: string): string => `
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: { name: look${namespace} }
rules: [{ apiGroups: ['*'], resources: [${resources}], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata: { name: look${namespace} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: look${namespace} }
subjects: [{ kind: ServiceAccount, name: scraper-targetallocator, namespace: obs }]
`;

function lacking(readsMonitors: string, roles: string): string | undefined {
  const pipeline = loadPipeline('x', [{ path: 'x.yaml', text: collector(readsMonitors) + roles }]);
  const [allocator] = allocatorsOf(pipeline);
  return allocator && rightsLacking(allocator, pipeline.resources, ['shop']);
}

const all = 'pods, services, endpointslices, namespaces, servicemonitors, podmonitors';

it('finds nothing where the roles grant all that it looks for', () => {
  expect(lacking('true', role('ClusterRole', '', all))).toBeUndefined();
  expect(lacking('false', role('ClusterRole', '', 'pods'))).toBeUndefined();
});

it.each([
  ['no role at all', 'false', '', /may not list and watch pods in namespace obs/],
  [
    'no namespaces',
    'true',
    role('ClusterRole', '', all.replace('namespaces, ', '')),
    /namespaces in all/,
  ],
  [
    'no monitors',
    'true',
    role('ClusterRole', '', all.replace('servicemonitors, ', '')),
    /servicemonitors\.monitoring\.coreos\.com in all/,
  ],
  [
    'no slices',
    'true',
    role('ClusterRole', '', all.replace('endpointslices, ', '')),
    /endpointslices\.discovery\.k8s\.io in namespace shop/,
  ],
] as const)('names what is lacking: %s', (_, readsMonitors, roles, expected) => {
  expect(lacking(readsMonitors, roles)).toMatch(expected);
});
