import type { Allocator } from './allocator.ts';
import { type Grant, isAllowed, readGrants } from './rbac.ts';
import { object } from './read.ts';
import type { Resource } from './types.ts';

interface Right {
  readonly group: string;
  readonly resource: string;
  /** Undefined: in all namespaces. */
  readonly namespace: string | undefined;
}

/**
 * What an allocator has to look for and its account may not, in the words of the API; undefined
 * where the folder's roles grant all of it.
 *
 * @param found the namespaces in which it finds targets
 */
export function rightsLacking(
  allocator: Allocator,
  resources: readonly Resource[],
  found: readonly string[],
): string | undefined {
  const { namespace, serviceAccount, spec } = allocator;
  const readsMonitors = object(spec.prometheusCR).enabled === true;
  const everywhere = (group: string, resource: string): Right => ({
    group,
    resource,
    namespace: undefined,
  });
  const monitors = ['servicemonitors', 'podmonitors'].map((resource) =>
    everywhere('monitoring.coreos.com', resource),
  );
  const targets = found.flatMap((own): Right[] => [
    { group: '', resource: 'pods', namespace: own },
    { group: '', resource: 'services', namespace: own },
    { group: 'discovery.k8s.io', resource: 'endpointslices', namespace: own },
  ]);
  const needed: Right[] = [
    { group: '', resource: 'pods', namespace },
    ...(readsMonitors ? [everywhere('', 'namespaces'), ...monitors, ...targets] : []),
  ];
  const grants = readGrants(resources);
  const account = `${namespace}/${serviceAccount}`;
  const lacking = needed.find((right) => !mayLook(grants, account, right));
  if (!lacking) return undefined;
  const where =
    lacking.namespace === undefined ? 'in all namespaces' : `in namespace ${lacking.namespace}`;
  const what = `${lacking.resource}${lacking.group === '' ? '' : `.${lacking.group}`}`;
  return `ServiceAccount ${account} may not list and watch ${what} ${where}, which the allocator has to`;
}

const mayLook = (grants: readonly Grant[], account: string, right: Right): boolean =>
  ['list', 'watch'].every((verb) =>
    isAllowed(grants, { account, verb, name: undefined, ...right }),
  );
