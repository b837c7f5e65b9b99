import { type Problem, throwProblems } from '../../lib/errors.ts';
import type { Backend, Tier } from '../../pipeline/types.ts';
import type { Manifest } from './manifests.ts';

/** A backend's endpoint as the tap stands in for it. */
export interface StandIn {
  readonly backend: Backend;
  /**
   * Where the tap listens for it; ports of several hosts may be equal, those of the tap are not.
   */
  readonly tapPort: number;
}

const firstTapPort = 20_000;

export const standIns = (backends: readonly Backend[]): StandIn[] =>
  backends.map((backend, i) => ({ backend, tapPort: firstTapPort + i }));

/**
 * The Services by which exporters reach the tap under their backends' names: without selector,
 * their one endpoint beside the cluster. A name without a namespace is meant in each namespace that
 * has a tier.
 *
 * @throws UserError for a host that no Service can be called
 */
export function hostObjects(
  hosts: readonly StandIn[],
  tiers: readonly Tier[],
  tapAddress: string,
): Manifest[] {
  const homes = [...new Set(tiers.map((tier) => tier.workload.namespace))];
  const problems: Problem[] = [];
  const services = new Map<string, { name: string; namespace: string; ports: StandIn[] }>();
  for (const host of hosts) {
    const service = serviceOf(host.backend.host);
    if (!service) {
      problems.push({
        place: host.backend.place,
        message: `backend host "${host.backend.host}" is no name of a Service (name, name.namespace)`,
        hint: 'for kind, --set the endpoint to such a name, or run it on the embedded runtime',
      });
      continue;
    }
    for (const namespace of service.namespace === undefined ? homes : [service.namespace]) {
      const key = `${namespace}/${service.name}`;
      const known = services.get(key) ?? { name: service.name, namespace, ports: [] };
      known.ports.push(host);
      services.set(key, known);
    }
  }
  throwProblems(problems);
  return [...services.values()].flatMap(({ name, namespace, ports }) => {
    const portName = ({ backend }: StandIn): string => `p${backend.port}`;
    return [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace },
        spec: {
          ports: ports.map((own) => ({
            name: portName(own),
            port: own.backend.port,
            targetPort: own.tapPort,
            protocol: 'TCP',
          })),
        },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [tapAddress], conditions: { ready: true } }],
        ports: ports.map((own) => ({
          name: portName(own),
          port: own.tapPort,
          protocol: 'TCP',
        })),
      },
    ];
  });
}

/** `name`, `name.namespace`, `name.namespace.svc`, `name.namespace.svc.cluster.local`. */
function serviceOf(host: string): { name: string; namespace: string | undefined } | undefined {
  const [name = '', namespace, ...rest] = host.split('.');
  const known = ['', 'svc', 'svc.cluster.local'].includes(rest.join('.'));
  return known && name !== '' ? { name, namespace } : undefined;
}
