import { throwProblems } from '../../lib/errors.ts';
import { parseYaml } from '../../lib/yaml.ts';

/** A Kubernetes object as it is sent to the cluster. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** Splits a file into its objects; a `kind: List` counts as its items. @throws UserError */
export function readManifests(file: string, text: string): Manifest[] {
  const { documents, problems } = parseYaml(file, text);
  throwProblems(problems);
  return documents.flatMap(({ value }): Manifest[] => {
    const written = value as (Manifest & { readonly items?: readonly Manifest[] }) | null;
    // Published files have documents of comments alone.
    if (written === null) return [];
    return written.kind === 'List' ? [...(written.items ?? [])] : [written];
  });
}

/** Others may name these: they come first, one kind after the other. */
const order = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'ClusterRole',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'PersistentVolumeClaim',
  'Service',
];

/** Objects in the order in which they are to be applied, each group at once. */
export function inPhases(objects: readonly Manifest[]): Manifest[][] {
  const phases = Array.from({ length: order.length + 1 }, (): Manifest[] => []);
  for (const object of objects) {
    const known = order.indexOf(object.kind);
    phases[known < 0 ? order.length : known]?.push(object);
  }
  return phases.filter((phase) => phase.length > 0);
}

/** Namespaces that objects name and that no object of theirs makes. */
export function missingNamespaces(objects: readonly Manifest[]): Manifest[] {
  const made = new Set(['default', 'kube-system', 'kube-public']);
  for (const { kind, metadata } of objects) if (kind === 'Namespace') made.add(metadata.name);
  const named = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
  return [...new Set(named)].filter((name) => !made.has(name)).map(namespaceOf);
}

export const namespaceOf = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

/** Images of every container that these objects will start. */
export function imagesOf(objects: readonly unknown[]): string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if ((key === 'containers' || key === 'initContainers') && Array.isArray(inner)) {
          for (const { image } of inner) if (typeof image === 'string') found.add(image);
        }
        walk(inner);
      }
    }
  };
  objects.filter((o) => (o as Manifest).kind !== 'CustomResourceDefinition').forEach(walk);
  return [...found];
}

/**
 * Whether what a cluster answered will pass by itself: a webhook that is not up yet, or a kind
 * whose definition has just been applied.
 */
export const passesByItself = (message: string): boolean =>
  /failed calling webhook|failed to call webhook|conversion webhook|the cluster has no /.test(
    message,
  );

/** Kinds of objects that are in no namespace and that pipelines and the bench make. */
export const clusterKinds = [
  { apiVersion: 'v1', kind: 'Namespace' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' },
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
];

/** An object of the whole cluster, so that whose it is can be told; others go with theirs. */
export function labelled(object: Manifest, labels: Labels): Manifest {
  if (!clusterKinds.some(({ kind }) => kind === object.kind)) return object;
  const { metadata } = object;
  const own = metadata.labels as Labels | undefined;
  return { ...object, metadata: { ...metadata, labels: { ...own, ...labels } } };
}

type Labels = Readonly<Record<string, string>>;
