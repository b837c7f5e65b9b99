import type { V1Pod } from '@kubernetes/client-node';
import type { Pipeline, Service, Tier } from '../../pipeline/types.ts';
import { recordedPorts } from '../embedded/recorders.ts';
import type { WorkerNode } from './ground.ts';
import type { Front } from './redirect.ts';
import type { RoleOf } from './roles.ts';

const firstTapPort = 22_000;
const firstWayIn = 21_000;

/** What the cluster tells when every pod of a tier is ready. */
export interface Seen {
  readonly pods: readonly V1Pod[];
  /** By `namespace/name`. */
  readonly clusterAddresses: ReadonlyMap<string, string>;
  readonly nodes: readonly WorkerNode[];
  readonly roleOf: RoleOf;
}

export const serviceKey = ({ namespace, name }: Service): string => `${namespace}/${name}`;

/** Services with an address of their own that lead to a tier's pods. */
export const servicesOf = ({ services }: Pipeline, { workload }: Tier): Service[] =>
  services.filter(
    (s) => !s.headless && s.workload === workload.name && s.namespace === workload.namespace,
  );

/**
 * Every port of a tier's pods that other tiers send to, or at which its sampler listens, each with
 * ports of its own on the tap and on the pod's node.
 *
 * @param from how many there are already
 */
export function frontsOf(pipeline: Pipeline, tier: Tier, seen: Seen, from: number): Front[] {
  const services = servicesOf(pipeline, tier);
  const ports = [...recordedPorts(pipeline, tier)];
  const places = seen.pods.flatMap((pod) => {
    const role = seen.roleOf(pod);
    return role?.tier === tier.name ? ports.map((port) => ({ pod, role, port })) : [];
  });
  return places.map(({ pod: { metadata, spec, status }, role, port: [port, protocol] }, i) => ({
    name: `${tier.name}-${role.ordinal}-0`,
    pod: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    tier: tier.name,
    protocol,
    address: status?.podIP ?? '',
    port,
    node: spec?.nodeName ?? '',
    nodeAddress: seen.nodes.find(({ name }) => name === spec?.nodeName)?.address ?? '',
    tapPort: firstTapPort + from + i,
    wayIn: firstWayIn + from + i,
    services: services.flatMap((service) =>
      service.ports
        .filter(({ targetPort }) => targetPort === port)
        .map((own) => ({
          address: seen.clusterAddresses.get(serviceKey(service)) ?? '',
          port: own.port,
        })),
    ),
  }));
}
