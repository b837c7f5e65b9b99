/** An access to the Kubernetes API that a ServiceAccount has no right to. */
export interface Denial {
  /** `namespace/name` of the ServiceAccount. */
  readonly account: string;
  readonly verb: string;
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
}

/** `ServiceAccount obs/collector may not list endpointslices.discovery.k8s.io` */
export const tellDenial = ({ account, verb, resource, group }: Denial): string =>
  `ServiceAccount ${account} may not ${verb} ${resource}${group ? `.${group}` : ''}`;

/**
 * How Kubernetes words it, quoted or not.
 * Source: k8s.io/apiserver, pkg/endpoints/handlers/responsewriters/errors.go.
 */
const wording =
  /system:serviceaccount:([^:"\\]+):([^"\\]+)\\?" cannot (\w+) resource \\?"([\w/]+)\\?" in API group \\?"([^"\\]*)/g;

/** What lines of a log say that the Kubernetes API refused; each once. */
export function denialsIn(lines: readonly string[]): readonly Denial[] {
  const found = new Map<string, Denial>();
  for (const line of lines) {
    for (const [, namespace, name, verb = '', resource = '', group = ''] of line.matchAll(
      wording,
    )) {
      const denial = { account: `${namespace}/${name}`, verb, resource, group };
      found.set(tellDenial(denial), denial);
    }
  }
  return [...found.values()];
}
