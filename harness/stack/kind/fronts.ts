import type { V1Pod } from '@kubernetes/client-node';
import type { Pipeline, Service, Tier } from '../../pipeline/types.ts';
import { recordedPorts } from '../embedded/recorders.ts';
import type { StackSpec } from '../types.ts';
import type { WorkerNode } from './ground.ts';
import type { Front, ServiceAddress, Share } from './redirect.ts';
import { isReady } from './watcher.ts';

const firstTapPort = 22_000;
const firstWayIn = 21_000;

type Spec = Pick<StackSpec, 'pipeline' | 'app'>;

/** Ports of a tier's pods that are recorded in this run. */
export const portsOf = ({ pipeline, app }: Spec, tier: Tier): Map<number, 'grpc' | 'http'> =>
  recordedPorts(pipeline, tier, app !== undefined);

export const serviceKey = ({ namespace, name }: Pick<Service, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`;

/** Services with an address of their own that lead to a tier's pods. */
export const servicesOf = ({ services }: Pipeline, { workload }: Tier): Service[] =>
  services.filter(
    (s) => !s.headless && s.workload === workload.name && s.namespace === workload.namespace,
  );

/** A pod of a tier that has its address. */
export interface NewPod {
  readonly pod: V1Pod;
  readonly tier: Tier;
  readonly ordinal: number;
  /** How many pods of its name had a record before. */
  readonly earlier: number;
}

/**
 * Every port of a pod that other tiers send to, or at which its sampler listens, each with ports of
 * its own on the tap and on the pod's node.
 *
 * @param from how many there were already
 */
export function frontsOf(
  run: Spec,
  { pod: { metadata, spec, status }, tier, ordinal, earlier }: NewPod,
  nodes: readonly WorkerNode[],
  from: number,
): Front[] {
  return [...portsOf(run, tier)].map(([port, protocol], i) => ({
    name: `${tier.name}-${ordinal}-${earlier}`,
    pod: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    tier: tier.name,
    protocol,
    address: status?.podIP ?? '',
    port,
    node: spec?.nodeName ?? '',
    nodeAddress: nodes.find(({ name }) => name === spec?.nodeName)?.address ?? '',
    tapPort: firstTapPort + from + i,
    wayIn: firstWayIn + from + i,
  }));
}

/** An address at which pods of a tier are reached together. */
export interface Led {
  readonly service: ServiceAddress;
  readonly tier: string;
  /** The pods' own. */
  readonly port: number;
  /** Only the pod on this node is reached there; undefined: any of them. */
  readonly node?: string;
}

/** Addresses of Services that lead to a tier. @param clusterAddresses by `namespace/name` */
export const ledTo = (
  pipeline: Pipeline,
  tier: Tier,
  clusterAddresses: ReadonlyMap<string, string>,
): Led[] =>
  servicesOf(pipeline, tier).flatMap((service) =>
    service.ports.map(({ port, targetPort }) => ({
      service: { address: clusterAddresses.get(serviceKey(service)) ?? '', port },
      tier: tier.name,
      port: targetPort,
    })),
  );

/** Ports of nodes that lead to the node's own pod of a tier, where they are recorded. */
export const ledOnNodes = (run: Spec, tier: Tier, nodes: readonly WorkerNode[]): Led[] =>
  tier.workload.ports.flatMap(({ port, hostPort }) =>
    hostPort === undefined || !portsOf(run, tier).has(port)
      ? []
      : nodes.map(({ name, address }) => ({
          service: { address, port: hostPort },
          tier: tier.name,
          port,
          node: name,
        })),
  );

/** Who has a share of what: pods that are ready, or all where none is. */
export const sharesOf = (
  led: readonly Led[],
  fronts: readonly Front[],
  pods: ReadonlyMap<string, V1Pod>,
): Share[] =>
  led.map(({ service, tier, port, node }) => {
    const own = fronts.filter(
      (front) =>
        front.tier === tier && front.port === port && (node === undefined || front.node === node),
    );
    const ready = own.filter(({ uid }) => {
      const pod = pods.get(uid);
      return pod !== undefined && isReady(pod);
    });
    return { service, fronts: ready.length > 0 ? ready : own };
  });
