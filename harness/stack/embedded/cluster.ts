import type { Pipeline, Service } from '../../pipeline/types.ts';
import type { PlannedPod } from '../../plan/types.ts';
import { nodeAddress } from './addresses.ts';
import type { KubeObject, ObjectStore } from './api/objects.ts';
import { clusterDomain } from './dns.ts';
import type { PodSpec } from './podspec.ts';

/** One pod as the cluster shows it. */
export interface PodState {
  readonly spec: PodSpec;
  readonly uid: string;
  /** The pod's own interface. */
  readonly address: string;
  /** What Services publish: the recorder's address where one is in front. */
  readonly published: string;
  readonly ready: boolean;
  /** It was told to end; its process may still be there. */
  readonly deleted: boolean;
}

/** New connections are led to it. */
export const isEndpoint = ({ ready, deleted }: PodState): boolean => ready && !deleted;

/** Where new connections go; where all are ending, those still serve (kube-proxy, terminating). */
export function endpointsOf<P extends Pick<PodState, 'ready' | 'deleted'>>(
  pods: readonly P[],
): readonly P[] {
  const serving = pods.filter((pod) => pod.ready);
  const ready = serving.filter((pod) => !pod.deleted);
  return ready.length > 0 ? ready : serving;
}

const created = '2026-01-01T00:00:00Z';

/** Nodes and namespaces, which do not change. */
export function putStaticObjects(
  store: ObjectStore,
  nodes: readonly string[],
  namespaces: readonly string[],
  labelsOf: (namespace: string) => Readonly<Record<string, string>>,
): void {
  nodes.forEach((name, i) => {
    store.put('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        uid: `node-${i}`,
        labels: { 'kubernetes.io/hostname': name },
        creationTimestamp: created,
      },
      status: { addresses: [{ type: 'InternalIP', address: nodeAddress(i) }] },
    });
  });
  for (const name of namespaces) {
    const labels = { ...labelsOf(name), 'kubernetes.io/metadata.name': name };
    const metadata = { name, uid: `namespace-${name}`, labels, creationTimestamp: created };
    store.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  }
}

/** The sample services' pods with their ReplicaSets and Deployments: listed, never run. */
export function putPlannedPods(
  store: ObjectStore,
  pods: readonly PlannedPod[],
  addresses: readonly string[],
  workerNodes: readonly string[],
): void {
  pods.forEach((pod, i) => {
    const { namespace } = pod;
    const owner = (kind: string, apiVersion: string, name: string) => ({
      apiVersion,
      kind,
      name,
      uid: `${kind}-${name}`,
      controller: true,
    });
    store.put('apps/deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: pod.deployment,
        namespace,
        uid: `Deployment-${pod.deployment}`,
        creationTimestamp: created,
      },
    });
    store.put('apps/replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: pod.replicaSet,
        namespace,
        uid: `ReplicaSet-${pod.replicaSet}`,
        creationTimestamp: created,
        ownerReferences: [owner('Deployment', 'apps/v1', pod.deployment)],
      },
    });
    store.put('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: pod.name,
        namespace,
        uid: pod.uid,
        labels: pod.labels,
        annotations: pod.annotations ?? {},
        creationTimestamp: created,
        ownerReferences: [owner('ReplicaSet', 'apps/v1', pod.replicaSet)],
      },
      spec: {
        nodeName: workerNodes[pod.node],
        containers: [{ name: 'app', image: `registry.example/${pod.service}:1.4.2` }],
      },
      status: {
        phase: 'Running',
        podIP: addresses[i],
        podIPs: [{ ip: addresses[i] }],
        startTime: created,
      },
    });
  });
}

/**
 * A collector's or backend's own pod.
 * @param changed since when it is as ready as it is, as Kubernetes writes moments
 */
export function podObject(
  { spec, uid, address, ready }: PodState,
  node: string,
  hostAddress: string,
  changed: string,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: spec.name,
      namespace: spec.namespace,
      uid,
      labels: spec.labels,
      annotations: spec.annotations,
      creationTimestamp: created,
    },
    spec: {
      nodeName: node,
      serviceAccountName: spec.serviceAccount,
      containers: [{ name: 'otc-container', image: 'collector' }],
    },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      hostIP: hostAddress,
      startTime: created,
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: changed },
      ],
    },
  };
}

/** The EndpointSlice of one Service, listing the addresses that it publishes. */
export function endpointSlice(
  service: Service,
  pods: readonly PodState[],
  nodes: readonly string[],
): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${service.name}-slice`,
      namespace: service.namespace,
      uid: `slice-${service.name}`,
      labels: { 'kubernetes.io/service-name': service.name },
      creationTimestamp: created,
    },
    addressType: 'IPv4',
    ports: service.ports.map(({ name, targetPort }) => ({
      name,
      port: targetPort,
      protocol: 'TCP',
    })),
    endpoints: pods.map((pod) => ({
      addresses: [publishedFor(service, pod)],
      conditions: { ready: isEndpoint(pod), serving: pod.ready, terminating: pod.deleted },
      hostname: pod.spec.name,
      nodeName: nodes[1 + pod.spec.node],
      targetRef: { kind: 'Pod', name: pod.spec.name, namespace: pod.spec.namespace, uid: pod.uid },
    })),
  };
}

/** The monitoring Service leads to the pod itself: its port is not recorded. */
const publishedFor = (service: Service, pod: PodState): string =>
  service.name.endsWith('-monitoring') ? pod.address : pod.published;

export const podsOfService = (service: Service, pods: readonly PodState[]): PodState[] =>
  pods.filter(
    (p) => p.spec.workload === service.workload && p.spec.namespace === service.namespace,
  );

export interface Names {
  readonly pipeline: Pipeline;
  readonly pods: () => readonly PodState[];
  /** ClusterIP by `namespace/name`. */
  readonly clusterAddresses: ReadonlyMap<string, string>;
  /** The recorder's address by backend host as the exporter names it. */
  readonly backendAddresses: ReadonlyMap<string, string>;
}

export const serviceKey = ({ namespace, name }: Service): string => `${namespace}/${name}`;

/** The Service that a full name means, and which of its pods, if one. */
export function serviceNamed(
  name: string,
  { services }: Pick<Pipeline, 'services'>,
): { readonly service: Service; readonly hostname: string | undefined } | undefined {
  const tail = `.svc.${clusterDomain}`;
  if (!name.endsWith(tail)) return undefined;
  const parts = name.slice(0, -tail.length).split('.');
  const [namespace = '', own = '', hostname] = parts.reverse();
  const service = services.find((s) => s.name === own && s.namespace === namespace);
  return service && parts.length <= 3 ? { service, hostname } : undefined;
}

/** Resolves a name as the cluster's DNS does: backends, Services, pods of headless Services. */
export function resolveName(name: string, names: Names): readonly string[] | undefined {
  const suffixes = [
    '',
    `.${clusterDomain}`,
    `.svc.${clusterDomain}`,
    `.${names.pipeline.namespace}.svc.${clusterDomain}`,
  ];
  for (const [host, address] of names.backendAddresses) {
    if (suffixes.some((suffix) => name === host.toLowerCase() + suffix)) return [address];
  }
  const { service: found, hostname } = serviceNamed(name, names.pipeline) ?? {};
  if (!found) return undefined;
  const pods = podsOfService(found, names.pods());
  if (hostname !== undefined) {
    const pod = pods.find((p) => p.spec.name === hostname);
    return pod && found.headless ? [publishedFor(found, pod)] : undefined;
  }
  if (!found.headless) return [names.clusterAddresses.get(serviceKey(found)) ?? ''];
  return pods.filter(isEndpoint).map((pod) => publishedFor(found, pod));
}
