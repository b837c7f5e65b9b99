import {
  type ApplicationPod,
  type ApplicationService,
  applicationsOf,
  targetPortOf,
} from '../../pipeline/applications.ts';
import { isMonitor } from '../../pipeline/monitors.ts';
import { object } from '../../pipeline/read.ts';
import { isDiscovering } from '../../pipeline/scrape.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import type { KubeObject, ObjectStore } from './api/objects.ts';

const created = '2026-01-01T00:00:00Z';

/**
 * What service discovery finds of the folder's applications: their pods and Services, what these
 * lead to, and the monitors that select them. Nothing where no tier looks for any.
 */
export function putApplications(
  store: ObjectStore,
  pipeline: Pick<Pipeline, 'tiers' | 'resources'>,
  workerNodes: readonly string[],
): void {
  if (!pipeline.tiers.some((tier) => isDiscovering(tier, pipeline.resources))) return;
  const { pods, services } = applicationsOf(pipeline.resources);
  const nodeOf = ({ index }: ApplicationPod): string =>
    workerNodes[index % workerNodes.length] ?? '';
  for (const pod of pods) store.put('pods', podObject(pod, nodeOf(pod)));
  for (const service of services) {
    if (service.pods.length === 0) continue;
    store.put('services', serviceObject(service));
    service.pods.forEach((pod, i) => {
      store.put('discovery.k8s.io/endpointslices', sliceObject(service, pod, i, nodeOf(pod)));
    });
    store.put('endpoints', endpointsObject(service, nodeOf));
  }
  for (const monitor of pipeline.resources.filter(isMonitor)) {
    const { kind, name, namespace, value } = monitor;
    const { labels, annotations } = object(value.metadata);
    store.put(`monitoring.coreos.com/${kind.toLowerCase()}s`, {
      ...value,
      apiVersion: 'monitoring.coreos.com/v1',
      kind,
      metadata: {
        ...metadataOf(kind, { name, namespace }),
        labels: object(labels) as Record<string, string>,
        annotations: object(annotations) as Record<string, string>,
      },
    });
  }
}

const metadataOf = (kind: string, own: { readonly name: string; readonly namespace: string }) => ({
  name: own.name,
  namespace: own.namespace,
  uid: `${kind}-${own.namespace}-${own.name}`,
  creationTimestamp: created,
});

function podObject(pod: ApplicationPod, nodeName: string): KubeObject {
  const { name, owner } = pod;
  const apiVersion = 'apps/v1';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadataOf('Pod', pod),
      labels: pod.labels,
      annotations: pod.annotations,
      ownerReferences: [{ apiVersion, ...owner, uid: `${owner.kind}-${name}`, controller: true }],
    },
    spec: {
      nodeName,
      containers: pod.containers.map((own) => ({
        name: own.name,
        image: own.image,
        ports: own.ports.map((port) => ({
          ...(port.name === '' ? {} : { name: port.name }),
          containerPort: port.port,
          protocol: 'TCP',
        })),
      })),
    },
    status: {
      phase: 'Running',
      podIP: pod.address,
      podIPs: [{ ip: pod.address }],
      startTime: created,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: created }],
    },
  };
}

const serviceObject = (service: ApplicationService): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...metadataOf('Service', service),
    labels: service.labels,
    annotations: service.annotations,
  },
  spec: {
    type: 'ClusterIP',
    selector: service.selector,
    ports: service.ports.map((port) => ({
      ...(port.name === '' ? {} : { name: port.name }),
      port: port.port,
      targetPort: port.target,
      protocol: 'TCP',
    })),
  },
});

const referenceTo = (pod: ApplicationPod) => {
  const { name, namespace, uid } = metadataOf('Pod', pod);
  return { kind: 'Pod', name, namespace, uid };
};

const portsFor = (service: ApplicationService, pod: ApplicationPod) =>
  service.ports.flatMap((own) => {
    const port = targetPortOf(own, pod);
    return port === undefined ? [] : [{ name: own.name, port, protocol: 'TCP' }];
  });

/** One a pod: where a port is named, each pod may have another behind the name. */
const sliceObject = (
  service: ApplicationService,
  pod: ApplicationPod,
  index: number,
  nodeName: string,
): KubeObject => {
  const { name, namespace } = service;
  const own = { name: `${name}-${index}`, namespace };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadataOf('EndpointSlice', own),
      labels: { ...service.labels, 'kubernetes.io/service-name': name },
    },
    addressType: 'IPv4',
    ports: portsFor(service, pod),
    endpoints: [
      {
        addresses: [pod.address],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName,
        targetRef: referenceTo(pod),
      },
    ],
  };
};

const endpointsObject = (
  service: ApplicationService,
  nodeOf: (pod: ApplicationPod) => string,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { ...metadataOf('Endpoints', service), labels: service.labels },
  subsets: service.pods.map((pod) => ({
    addresses: [{ ip: pod.address, nodeName: nodeOf(pod), targetRef: referenceTo(pod) }],
    ports: portsFor(service, pod),
  })),
});
