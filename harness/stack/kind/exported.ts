import { ApiException, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { UserError } from '../../lib/errors.ts';

export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name?: string;
    readonly ownerReferences?: readonly unknown[];
  };
  readonly [key: string]: unknown;
}

const rbac = 'rbac.authorization.k8s.io/v1';

/** What a pipeline is made of, by namespace. Secrets stay where they are. */
const namespaced = [
  ['opentelemetry.io/v1beta1', 'OpenTelemetryCollector'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'Deployment'],
  ['v1', 'ConfigMap'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  [rbac, 'Role'],
  [rbac, 'RoleBinding'],
] as const;

/** Only of these what concerns the namespaces that are asked for. */
const ofTheCluster = [
  [rbac, 'ClusterRoleBinding'],
  [rbac, 'ClusterRole'],
] as const;

/** Lists objects of one kind; a kind that the cluster does not have has none. */
export type ListObjects = (
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
) => Promise<readonly LiveObject[]>;

/**
 * The objects of a cluster that make up its pipelines, as somebody could have written them: without
 * what the server and its controllers added, and without what other objects made.
 */
export async function exportObjects(
  list: ListObjects,
  namespaces: readonly string[],
): Promise<LiveObject[]> {
  const found: LiveObject[] = [];
  for (const namespace of namespaces) {
    for (const [apiVersion, kind] of namespaced) {
      found.push(...(await list(apiVersion, kind, namespace)));
    }
  }
  const [bindings = [], roles = []] = await Promise.all(
    ofTheCluster.map(([apiVersion, kind]) => list(apiVersion, kind, undefined)),
  );
  const bound = bindings.filter(({ subjects }) =>
    objects(subjects).some(({ namespace }) => namespaces.includes(String(namespace))),
  );
  const named = new Set(bound.map(({ roleRef }) => objects([roleRef])[0]?.name));
  found.push(...bound, ...roles.filter(({ metadata }) => named.has(metadata.name)));
  return found.filter(isWritten).map(cleaned);
}

const objects = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];

/** Nobody wrote what another object made, or what each namespace and cluster has. */
const isWritten = ({ metadata }: LiveObject): boolean =>
  (metadata.ownerReferences ?? []).length === 0 &&
  metadata.name !== 'kube-root-ca.crt' &&
  metadata.name !== 'default' &&
  !metadata.name?.startsWith('system:');

const byServer = [
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function cleaned({ apiVersion, kind, metadata, status: _status, ...rest }: LiveObject): LiveObject {
  const own = Object.entries(metadata).filter(([key]) => !byServer.includes(key));
  const { annotations, ...named } = Object.fromEntries(own) as Record<string, object>;
  const kept = Object.entries(annotations ?? {}).filter(([key]) => key !== lastApplied);
  return {
    apiVersion,
    kind,
    metadata: kept.length > 0 ? { ...named, annotations: Object.fromEntries(kept) } : named,
    ...rest,
    ...(kind === 'Service' ? { spec: withoutAddresses(rest.spec) } : {}),
  };
}

/** `None` is what its author wrote; an address is what the server gave. */
const withoutAddresses = (spec: unknown): object =>
  Object.fromEntries(
    Object.entries(Object(spec)).filter(
      ([key, value]) =>
        !['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'].includes(key) &&
        (key !== 'clusterIP' || value === 'None'),
    ),
  );

/**
 * A cluster as the user's own kubectl reaches it.
 * @throws UserError for a context that the user has not
 */
export function liveLister(context: string): ListObjects {
  const config = new KubeConfig();
  config.loadFromDefault();
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    throw new UserError(`no context "${context}"; known: ${known.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
  const api = KubernetesObjectApi.makeApiClient(config);
  return async (apiVersion, kind, namespace) => {
    try {
      const { items } = await api.list(apiVersion, kind, namespace);
      return items.map((item) => ({ ...item, apiVersion, kind }) as unknown as LiveObject);
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return [];
      const hint = `kubectl --context ${context} get ${kind} must work`;
      throw new UserError(`${context}: ${kind} can't be listed: ${String(error)}. Hint: ${hint}`);
    }
  };
}
