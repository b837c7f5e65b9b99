import { list, object, text, texts } from './read.ts';
import type { Resource } from './types.ts';

/** One right of one ServiceAccount; `namespace` undefined means everywhere. */
export interface Grant {
  readonly account: string;
  readonly namespace: string | undefined;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
  readonly verbs: readonly string[];
}

export interface Access {
  /** `namespace/name` of the ServiceAccount. */
  readonly account: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

const kindOfBinding = { RoleBinding: true, ClusterRoleBinding: true } as const;

/** Reads Roles, ClusterRoles and their bindings (rbac.authorization.k8s.io/v1). */
export function readGrants(resources: readonly Resource[]): Grant[] {
  const role = (kind: string, name: string, namespace: string): Resource | undefined =>
    resources.find(
      (r) =>
        r.kind === kind && r.name === name && (kind === 'ClusterRole' || r.namespace === namespace),
    );
  return resources.flatMap((binding) => {
    if (!(binding.kind in kindOfBinding)) return [];
    const reference = object(binding.value.roleRef);
    const bound = role(text(reference.kind) ?? '', text(reference.name) ?? '', binding.namespace);
    if (!bound) return [];
    const namespace = binding.kind === 'RoleBinding' ? binding.namespace : undefined;
    return subjectsOf(binding).flatMap((account) =>
      list(bound.value.rules).map((rule): Grant => {
        const written = object(rule);
        return {
          account,
          namespace,
          groups: texts(written.apiGroups),
          resources: texts(written.resources),
          names: texts(written.resourceNames),
          verbs: texts(written.verbs),
        };
      }),
    );
  });
}

/** `namespace/name` of all ServiceAccounts that a binding names, of whatever role. */
export const boundAccounts = (resources: readonly Resource[]): ReadonlySet<string> =>
  new Set(
    resources.flatMap((binding) => (binding.kind in kindOfBinding ? subjectsOf(binding) : [])),
  );

const subjectsOf = ({ value, namespace }: Resource): string[] =>
  list(value.subjects).flatMap((written) => {
    const subject = object(written);
    return subject.kind === 'ServiceAccount'
      ? `${text(subject.namespace) ?? namespace}/${text(subject.name)}`
      : [];
  });

/** Whether one grant allows the access, as Kubernetes' RBAC authorizer has it. */
export function isAllowed(grants: readonly Grant[], access: Access): boolean {
  const has = (words: readonly string[], word: string): boolean =>
    words.includes('*') || words.includes(word);
  return grants.some(
    (grant) =>
      grant.account === access.account &&
      (grant.namespace === undefined || grant.namespace === access.namespace) &&
      has(grant.groups, access.group) &&
      has(grant.resources, access.resource) &&
      has(grant.verbs, access.verb) &&
      (grant.names.length === 0 || grant.names.includes(access.name ?? '')),
  );
}
