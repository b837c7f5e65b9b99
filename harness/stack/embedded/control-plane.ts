import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readGrants } from '../../pipeline/rbac.ts';
import { list, object, text } from '../../pipeline/read.ts';
import { resolversOf } from '../../pipeline/resolvers.ts';
import { apiAddress, clusterAddress, dnsAddress, nodeAddress } from './addresses.ts';
import { createCertificate } from './api/certificate.ts';
import { createObjectStore, type KubeObject, type ObjectStore } from './api/objects.ts';
import { createApiServer } from './api/server.ts';
import { putApplications } from './application-objects.ts';
import {
  endpointSlice,
  endpointsOf,
  type PodState,
  podObject,
  podsOfService,
  putPlannedPods,
  putStaticObjects,
  resolveName,
  serviceKey,
  serviceNamed,
} from './cluster.ts';
import { type Resolve, startDns } from './dns.ts';
import { createLookups, createWithholding, type Lookups } from './lookups.ts';
import { addAddress } from './network.ts';
import type { InnerSpec } from './protocol.ts';
import { forwardTcp } from './proxies.ts';

/** DNS, Kubernetes API and ClusterIPs: what pods find when they look for each other. */
export interface ControlPlane {
  readonly authority: string;
  tokenOf(namespace: string, account: string): string;
  /** A pod was made, became ready or not, or is gone: API and endpoints follow. */
  publish(pods: readonly PodState[]): void;
  forget(pod: PodState, pods: readonly PodState[]): void;
  /** What pods were told of Services. */
  readonly lookups: Lookups;
  /** Names that were withheld for a race are told from some moment after this on. */
  loadBegins(atMs: number): void;
}

export interface ControlPlaneSettings {
  readonly spec: InnerSpec;
  readonly pods: () => readonly PodState[];
  readonly backendAddresses: ReadonlyMap<string, string>;
  readonly addressOfPlannedPod: readonly string[];
  readonly onNote: (text: string) => void;
  readonly now: () => number;
}

/** Names of all nodes: the control plane first, then the workers. */
export const nodeNames = (spec: InnerSpec): string[] => [
  'bench-control-plane',
  ...spec.workerNodes,
];

export async function startControlPlane(settings: ControlPlaneSettings): Promise<ControlPlane> {
  const { spec } = settings;
  const store = createObjectStore();
  const nodes = nodeNames(spec);
  const namespaces = new Set([
    'default',
    'kube-system',
    ...spec.collectors.map((pod) => pod.namespace),
    ...spec.plannedPods.map((pod) => pod.namespace),
    ...spec.pipeline.resources.map((resource) => resource.namespace),
  ]);
  putStaticObjects(store, nodes, [...namespaces], (name) => namespaceLabels(spec, name));
  putApplications(store, spec.pipeline, spec.workerNodes);
  putPlannedPods(store, spec.plannedPods, settings.addressOfPlannedPod, spec.workerNodes);
  const clusterAddresses = await startServices(settings);
  const names = { ...settings, pipeline: spec.pipeline, clusterAddresses };
  const lookups = createLookups();
  const asked = resolversOf(spec.pipeline).filter(({ kind }) => kind === 'dns');
  const raced = spec.startRace ? asked.map(({ service }) => serviceKey(service)) : [];
  const withheld = createWithholding(new Set(raced), settings.now);
  const resolverFor =
    (from: string): Resolve =>
    (name, type) => {
      const addresses = resolveName(name, names);
      const { service } = (type === 'A' && serviceNamed(name, spec.pipeline)) || {};
      if (!service) return addresses;
      const told = withheld.fails(from, serviceKey(service)) ? [] : (addresses ?? []);
      lookups.told(from, serviceKey(service), told.length);
      return told;
    };
  await startDns(dnsAddress, resolverFor);
  const { authority, tokens } = await startApi(settings, store, lookups);
  const publish = (pods: readonly PodState[]): void => {
    for (const pod of pods.filter(({ spec: own }) => !own.planned)) {
      const [node = '', host] = [nodes[1 + pod.spec.node], nodeAddress(1 + pod.spec.node)];
      const known = store.list('pods').find((own) => isOf(pod, own));
      const changed = sinceWhen(known, pod.ready) ?? momentOf(settings.now());
      store.put('pods', podObject(pod, node, host, changed));
    }
    putEndpoints(store, spec, settings.pods(), nodes);
  };
  return {
    authority,
    tokenOf: (namespace, account) => {
      const key = `${namespace}/${account}`;
      const known = tokens.get(key) ?? randomUUID();
      tokens.set(key, known);
      return known;
    },
    lookups,
    loadBegins: withheld.loadBegins,
    publish,
    forget: (pod, pods) => {
      store.remove('pods', pod.spec.name, pod.spec.namespace);
      putEndpoints(store, spec, pods, nodes);
    },
  };
}

const isOf = ({ uid }: PodState, { metadata }: KubeObject): boolean => metadata.uid === uid;

/** As Kubernetes writes moments: whole seconds. */
const momentOf = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

/** Since when the API shows it so; undefined where it shows it otherwise, or not at all. */
function sinceWhen(known: KubeObject | undefined, ready: boolean): string | undefined {
  const [condition] = list(object(known?.status).conditions).map(object);
  return condition?.status === (ready ? 'True' : 'False')
    ? text(condition.lastTransitionTime)
    : undefined;
}

function namespaceLabels({ pipeline }: InnerSpec, name: string): Readonly<Record<string, string>> {
  const own = pipeline.resources.find((one) => one.kind === 'Namespace' && one.name === name);
  const labels = Object.entries(object(object(own?.value.metadata).labels));
  return Object.fromEntries(labels.map(([key, value]) => [key, String(value)]));
}

function putEndpoints(
  store: ObjectStore,
  spec: InnerSpec,
  pods: readonly PodState[],
  nodes: readonly string[],
): void {
  for (const service of spec.pipeline.services) {
    const slice = endpointSlice(service, podsOfService(service, pods), nodes);
    const known = store
      .list(slices)
      .find(
        (o) =>
          o.metadata.name === slice.metadata.name && o.metadata.namespace === service.namespace,
      );
    if (JSON.stringify(known?.endpoints) !== JSON.stringify(slice.endpoints)) {
      store.put(slices, slice);
    }
  }
}

/** One address a Service that has a ClusterIP; each connection goes to a ready pod of it. */
async function startServices({ spec, pods }: ControlPlaneSettings): Promise<Map<string, string>> {
  const addresses = new Map<string, string>();
  const withAddress = spec.pipeline.services.filter((service) => !service.headless);
  for (const [i, service] of withAddress.entries()) {
    const address = clusterAddress(i);
    addresses.set(`${service.namespace}/${service.name}`, address);
    await addAddress(address);
    for (const { port, targetPort } of service.ports) {
      await forwardTcp(address, port, () => {
        const able = endpointsOf(podsOfService(service, pods()));
        const pod = able[Math.floor(Math.random() * able.length)];
        return pod && { host: pod.published, port: targetPort };
      });
    }
  }
  return addresses;
}

const slices = 'discovery.k8s.io/endpointslices';
const apiPortNumber = 443;

async function startApi(
  { spec, onNote, now }: ControlPlaneSettings,
  store: ObjectStore,
  lookups: Lookups,
) {
  const tokens = new Map<string, string>();
  const certificate = await createCertificate(
    'kubernetes',
    ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    [apiAddress],
    now(),
  );
  const grants = readGrants(spec.pipeline.resources);
  const unknown = new Set<string>();
  const server = createApiServer({
    store,
    grants: () => grants,
    accountOf: (token) => [...tokens].find(([, known]) => known === token)?.[0],
    certificate: certificate.certificate,
    key: certificate.key,
    onTold: (from, kind, objects) => {
      if (kind !== slices) return;
      for (const { metadata, endpoints } of objects) {
        const service = metadata.labels?.['kubernetes.io/service-name'] ?? '';
        const count = Array.isArray(endpoints) ? endpoints.length : 0;
        lookups.told(from, `${metadata.namespace}/${service}`, count);
      }
    },
    onUnknown: (path) => {
      const bare = path.split('?')[0] ?? path;
      if (!unknown.has(bare))
        onNote(`a collector asked the Kubernetes API for ${bare}: not served`);
      unknown.add(bare);
    },
  });
  await addAddress(apiAddress);
  server.listen(apiPortNumber, apiAddress);
  await once(server, 'listening');
  return { authority: certificate.authority, tokens };
}
