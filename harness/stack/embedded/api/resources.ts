/** What can be asked for: group/version, plural, kind, namespaced or not. */
export const served: readonly (readonly [string, string, string, boolean])[] = [
  ['v1', 'pods', 'Pod', true],
  ['v1', 'nodes', 'Node', false],
  ['v1', 'namespaces', 'Namespace', false],
  ['v1', 'services', 'Service', true],
  ['v1', 'endpoints', 'Endpoints', true],
  ['v1', 'secrets', 'Secret', true],
  ['apps/v1', 'replicasets', 'ReplicaSet', true],
  ['apps/v1', 'deployments', 'Deployment', true],
  ['apps/v1', 'statefulsets', 'StatefulSet', true],
  ['apps/v1', 'daemonsets', 'DaemonSet', true],
  ['batch/v1', 'jobs', 'Job', true],
  ['discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', true],
  ['monitoring.coreos.com/v1', 'servicemonitors', 'ServiceMonitor', true],
  ['monitoring.coreos.com/v1', 'podmonitors', 'PodMonitor', true],
];

const verbs = ['get', 'list', 'watch'];

/** The groups and what is in them, as a client looks for what a cluster has. */
export function discoveryOf(path: string): unknown {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups() };
  const [, groupVersion = ''] = /^\/(?:api|apis)\/([^/]+(?:\/[^/]+)?)$/.exec(path) ?? [];
  const own = served.filter(([version]) => version === groupVersion);
  if (own.length === 0 || path.startsWith('/apis/') !== groupVersion.includes('/'))
    return undefined;
  const resources = own.map(([, name, kind, namespaced]) => ({
    name,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs,
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function groups() {
  const versions = [...new Set(served.map(([version]) => version))].filter((own) => own !== 'v1');
  return versions.map((groupVersion) => {
    const [name, version] = groupVersion.split('/');
    const only = { groupVersion, version };
    return { name, versions: [only], preferredVersion: only };
  });
}
