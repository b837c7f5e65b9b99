import type { V1Pod } from '@kubernetes/client-node';
import { mapPool } from '../../lib/pool.ts';
import type { PlannedPod } from '../../plan/types.ts';
import { apply, type Kube, troubleIn, uidOf, waitFor } from './api.ts';
import type { PodProgram } from './app.ts';
import { type Manifest, namespaceOf } from './manifests.ts';
import { isReady } from './watcher.ts';

/** What a planned pod became: the API server gives uids and addresses, not the plan. */
export interface ShopPod {
  readonly uid: string;
  readonly address: string;
}

const mark = 'otel-pipeline-bench/workload';
const createWidth = 8;
const runningWithinMs = 90_000;
const appGraceSeconds = 5;

/**
 * The Deployment and ReplicaSet that own planned pods. They are there to be looked up: paused, for
 * no replicas, and their selectors fit none of the pods, so that no controller takes the pods over,
 * lets them go or removes them.
 */
export function ownerObjects(pods: readonly PlannedPod[]): {
  readonly namespaces: readonly Manifest[];
  readonly deployments: readonly Manifest[];
  /** @param uidOf uid of the Deployment with this namespace and name */
  replicaSets(uidOf: (key: string) => string): readonly Manifest[];
} {
  const template = (name: string) => ({
    metadata: { labels: { [mark]: name } },
    spec: { containers: [{ name: 'none', image: 'none' }] },
  });
  const sets = new Map(pods.map((pod) => [`${pod.namespace}/${pod.replicaSet}`, pod]));
  const owners = new Map(pods.map((pod) => [`${pod.namespace}/${pod.deployment}`, pod]));
  return {
    namespaces: [...new Set(pods.map((pod) => pod.namespace))].map(namespaceOf),
    deployments: [...owners.values()].map(({ namespace, deployment: name }) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        replicas: 0,
        paused: true,
        selector: { matchLabels: { [mark]: name } },
        template: template(name),
      },
    })),
    replicaSets: (uidOf) =>
      [...sets.values()].map(({ namespace, deployment, replicaSet }) => ({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: {
          name: replicaSet,
          namespace,
          labels: { [mark]: deployment },
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              name: deployment,
              uid: uidOf(`${namespace}/${deployment}`),
              controller: true,
            },
          ],
        },
        spec: {
          replicas: 0,
          selector: { matchLabels: { [mark]: deployment } },
          template: template(deployment),
        },
      })),
  };
}

/**
 * A planned pod: its name, labels, node and owner are what matters.
 * @param program what it runs; undefined: it only waits
 */
export function podObject(
  pod: PlannedPod,
  image: string,
  node: string,
  replicaSetUid: string,
  program?: PodProgram,
): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      labels: { ...pod.labels },
      annotations: { ...pod.annotations },
      // Not its controller: that one would remove what is beyond its replicas.
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: pod.replicaSet, uid: replicaSetUid },
      ],
    },
    spec: {
      nodeName: node,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: program ? appGraceSeconds : 0,
      containers: [program?.container ?? { name: 'pause', image, imagePullPolicy: 'IfNotPresent' }],
      volumes: [...(program?.volumes ?? [])],
    },
  };
}

/**
 * Makes the planned pods; answers when each is ready, with its address, in their order.
 * @param programs what pods run, by their names; all others only wait
 * @param objects what these need beside them
 */
export async function startShop(
  kube: Kube,
  pods: readonly PlannedPod[],
  image: string,
  nodes: readonly string[],
  programs: ReadonlyMap<string, PodProgram>,
  objects: readonly Manifest[],
): Promise<ShopPod[]> {
  const owners = ownerObjects(pods);
  const uids = new Map<string, string>();
  await apply(kube, [...owners.namespaces, ...owners.deployments, ...objects]);
  await readUids(kube, owners.deployments, uids);
  const sets = owners.replicaSets((key) => uids.get(`Deployment/${key}`) ?? '');
  await apply(kube, sets);
  await readUids(kube, sets, uids);
  for (const { metadata } of owners.namespaces) await untilHasAccount(kube, metadata.name);
  await mapPool(pods, createWidth, (pod) => {
    const uid = uids.get(`ReplicaSet/${pod.namespace}/${pod.replicaSet}`) ?? '';
    const body = podObject(pod, image, nodes[pod.node] ?? '', uid, programs.get(pod.name));
    return kube.core.createNamespacedPod({ namespace: pod.namespace, body });
  });
  return waitForAddresses(kube, pods);
}

async function readUids(
  kube: Kube,
  objects: readonly Manifest[],
  uids: Map<string, string>,
): Promise<void> {
  await mapPool(objects, createWidth, async (object) => {
    const { kind, metadata } = object;
    uids.set(`${kind}/${metadata.namespace}/${metadata.name}`, await uidOf(kube, object));
  });
}

/** A pod is refused until its namespace has the account that it runs under. */
async function untilHasAccount(kube: Kube, namespace: string): Promise<void> {
  await waitFor(kube, `no default ServiceAccount in ${namespace}`, 30_000, async () => {
    const { items } = await kube.core.listNamespacedServiceAccount({ namespace });
    return items.some(({ metadata }) => metadata?.name === 'default') ? true : undefined;
  });
}

async function waitForAddresses(kube: Kube, pods: readonly PlannedPod[]): Promise<ShopPod[]> {
  const namespaces = [...new Set(pods.map((pod) => pod.namespace))];
  return waitFor(
    kube,
    'the pods of the sample services are not ready',
    runningWithinMs,
    async () => {
      const found = new Map<string, ShopPod>();
      for (const namespace of namespaces) {
        const { items } = await kube.core.listNamespacedPod({ namespace });
        for (const pod of items) {
          const { metadata, status } = pod;
          const address = isReady(pod) ? status?.podIP : undefined;
          if (address === undefined) continue;
          found.set(`${namespace}/${metadata?.name}`, { uid: metadata?.uid ?? '', address });
        }
      }
      const all = pods.flatMap((pod) => found.get(`${pod.namespace}/${pod.name}`) ?? []);
      return all.length === pods.length ? all : undefined;
    },
    async () => (await Promise.all(namespaces.map((name) => troubleIn(kube, name)))).join('\n'),
  );
}
