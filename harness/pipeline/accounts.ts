import type { Problem } from '../lib/errors.ts';
import { onlyYaml } from './contents.ts';
import { boundAccounts } from './rbac.ts';
import { nearest } from './read.ts';
import type { Resource, Workload } from './types.ts';

type Account = Pick<Workload, 'serviceAccount' | 'namespace' | 'name'>;

/**
 * A ServiceAccount that nobody makes: neither Kubernetes, nor the operator, nor the folder, which
 * has others. A folder without any has them elsewhere: see `accountsInstead`.
 */
export function missingAccount(
  workload: Account,
  resource: Resource,
  resources: readonly Resource[],
): Problem[] {
  const own = accountsOf(workload.namespace, resources);
  if (!isMissing(workload, resource, resources) || own.length === 0) return [];
  const { serviceAccount: account, namespace } = workload;
  const path =
    resource.kind === 'OpenTelemetryCollector'
      ? ['spec', 'serviceAccount']
      : ['spec', 'template', 'spec', 'serviceAccountName'];
  const message = lacking(account, namespace);
  const hint = `declare it: without it no pod is made. ${onlyYaml}`;
  return [{ place: resource.place(path), message, hint, ...nearest(account, own) }];
}

interface Instead {
  readonly accounts: readonly Resource[];
  readonly notes: readonly string[];
}

/**
 * What stands for ServiceAccounts of a namespace of which the folder has none, as it seldom has
 * Secrets. They may do what the folder binds to them; where it binds nothing that lies elsewhere
 * too, and they may read all.
 */
export function accountsInstead(
  workloads: readonly { readonly workload: Account; readonly resource: Resource }[],
  resources: readonly Resource[],
): Instead {
  const missing = workloads.filter(
    ({ workload, resource }) =>
      isMissing(workload, resource, resources) &&
      accountsOf(workload.namespace, resources).length === 0,
  );
  const bound = boundAccounts(resources);
  const notes = new Set<string>();
  const accounts = new Map<string, Resource>();
  for (const { workload, resource } of missing) {
    const { serviceAccount: name, namespace } = workload;
    const isBound = bound.has(`${namespace}/${name}`);
    const may = isBound ? 'may do what the folder binds to it' : 'may read all objects';
    notes.add(`${lacking(name, namespace)}: one stands for it that ${may}`);
    const made = [account(name, namespace), ...(isBound ? [] : readsAll(name, namespace))];
    for (const { apiVersion, kind, metadata, ...rest } of made) {
      const value = { apiVersion, kind, metadata, ...rest };
      const { place, placeInside } = resource;
      const own = { apiVersion, kind, name: metadata.name, namespace, value, place, placeInside };
      accounts.set(`${kind}/${namespace}/${metadata.name}`, own);
    }
  }
  return { accounts: [...accounts.values()], notes: [...notes] };
}

const lacking = (account: string, namespace: string): string =>
  `the folder has no ServiceAccount "${account}" in namespace ${namespace}`;

const accountsOf = (namespace: string, resources: readonly Resource[]): string[] =>
  resources
    .filter((r) => r.kind === 'ServiceAccount' && r.namespace === namespace)
    .map((r) => r.name);

function isMissing(
  { serviceAccount: account, namespace, name }: Account,
  { kind }: Resource,
  resources: readonly Resource[],
): boolean {
  const made = kind === 'OpenTelemetryCollector' ? ['default', name] : ['default'];
  return !made.includes(account) && !accountsOf(namespace, resources).includes(account);
}

const account = (name: string, namespace: string) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
});

const rbac = 'rbac.authorization.k8s.io';

/** What a collector looks up is read: nothing of it changes an object. */
function readsAll(name: string, namespace: string) {
  const metadata = { name: `${namespace}-${name}-reads` };
  const role = { apiGroup: rbac, kind: 'ClusterRole', name: metadata.name };
  const reading = { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] };
  const apiVersion = `${rbac}/v1`;
  return [
    { apiVersion, kind: 'ClusterRole', metadata, rules: [reading] },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ];
}
