import { setTimeout as sleep } from 'node:timers/promises';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { messageOf } from '../../lib/errors.ts';
import { mapPool } from '../../lib/pool.ts';
import { PodUnready } from '../unready.ts';
import {
  inPhases,
  labelled,
  type Manifest,
  missingNamespaces,
  passesByItself,
} from './manifests.ts';
import { type ObjectName, type RawApi, rawApi, UnknownKind } from './raw.ts';

/** The cluster's API. */
export interface Kube {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly raw: RawApi;
  readonly signal: AbortSignal;
  /** On all that runs make beside namespaces. */
  readonly labels: Readonly<Record<string, string>>;
}

export function connect(
  kubeconfig: string,
  signal: AbortSignal,
  labels: Kube['labels'] = {},
): Kube {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  return {
    config,
    labels,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    raw: rawApi(config),
    signal,
  };
}

const applyWidth = 8;
const applyWithinMs = 90_000;
const lookEveryMs = 400;

/**
 * Applies objects server-side, in the order that they depend on each other; namespaces that they
 * name come first. What a webhook that is not up yet refuses is applied again, within a bound.
 *
 * @throws Error that names the object and what the cluster said
 */
export async function apply(kube: Kube, objects: readonly Manifest[]): Promise<void> {
  const deadline = performance.now() + applyWithinMs;
  for (const phase of inPhases([...missingNamespaces(objects), ...objects])) {
    await mapPool(phase, applyWidth, (object) => applyOne(kube, object, deadline));
  }
}

async function applyOne(kube: Kube, object: Manifest, deadline: number): Promise<void> {
  for (;;) {
    kube.signal.throwIfAborted();
    const message = await refusalOf(kube, object);
    if (message === undefined) return;
    if (!passesByItself(message) || performance.now() > deadline) {
      const { kind, metadata } = object;
      throw new Error(`the cluster refused ${kind} ${metadata.name}: ${message}`);
    }
    await sleep(lookEveryMs);
  }
}

async function refusalOf(kube: Kube, object: Manifest): Promise<string | undefined> {
  try {
    const { status, body } = await kube.raw.apply(labelled(object, kube.labels));
    return status < 300 ? undefined : saidIn(body);
  } catch (error) {
    if (error instanceof UnknownKind) return error.message;
    throw error;
  }
}

const saidIn = (body: unknown): string => String((body as { message?: unknown })?.message);

/** Uid of an object that is there. */
export async function uidOf(kube: Kube, object: ObjectName): Promise<string> {
  const { status, body } = await kube.raw.read(object);
  const uid = (body as { metadata?: { uid?: string } }).metadata?.uid;
  if (status !== 200 || uid === undefined) {
    throw new Error(`can't read ${object.kind} ${object.metadata.name}: ${saidIn(body)}`);
  }
  return uid;
}

/** Deletes an object and, behind it, what it owns; one that is gone is no mistake. */
export async function remove(kube: Kube, object: ObjectName): Promise<void> {
  const { status, body } = await kube.raw.remove(object);
  if (status >= 300 && status !== 404) {
    throw new Error(`can't delete ${object.kind} ${object.metadata.name}: ${saidIn(body)}`);
  }
}

/**
 * Looks until the answer is defined.
 * @param describe what is still missing, for the error
 * @throws Error after the time
 */
export async function waitFor<T>(
  kube: Pick<Kube, 'signal'>,
  what: string,
  withinMs: number,
  look: () => Promise<T | undefined> | T | undefined,
  describe: () => Promise<string> | string = () => '',
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    kube.signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      const details = await Promise.resolve(describe()).catch((error: unknown) => {
        if (error instanceof PodUnready) throw error;
        return messageOf(error);
      });
      throw new Error(`${what}: not within ${Math.round(withinMs / 1_000)} s\n${details}`);
    }
    await sleep(lookEveryMs);
  }
}

/** Waits until every replica of each Deployment is available. */
export async function untilAvailable(
  kube: Kube,
  deployments: readonly Manifest[],
  withinMs: number,
): Promise<void> {
  await Promise.all(
    deployments.map(async ({ metadata: { name, namespace = 'default' } }) => {
      await waitFor(
        kube,
        `Deployment ${namespace}/${name} is not available`,
        withinMs,
        async () => {
          const { spec, status } = await kube.apps.readNamespacedDeployment({ name, namespace });
          return (status?.availableReplicas ?? 0) >= (spec?.replicas ?? 1) ? true : undefined;
        },
        () => troubleIn(kube, namespace),
      );
    }),
  );
}

const shownLines = 8;

/** Why pods of a namespace are not ready: their states, the last warnings, the last log lines. */
export async function troubleIn(kube: Kube, namespace: string): Promise<string> {
  const [pods, events] = await Promise.all([
    kube.core.listNamespacedPod({ namespace }),
    kube.core.listNamespacedEvent({ namespace }),
  ]);
  const lines: string[] = [];
  for (const { metadata, status } of pods.items) {
    const ready = status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
    if (ready) continue;
    const name = metadata?.name ?? '';
    const states = (status?.containerStatuses ?? []).map(({ state, restartCount }) => {
      const { waiting, terminated } = state ?? {};
      const what = waiting?.reason ?? terminated?.reason ?? 'running, not ready';
      return `${what}${restartCount > 0 ? `, ${restartCount} restarts` : ''}`;
    });
    lines.push(`  pod ${name}: ${status?.phase ?? 'unknown'}; ${states.join('; ')}`);
    const log = await kube.core
      .readNamespacedPodLog({ name, namespace, tailLines: 4 })
      .catch(() => '');
    lines.push(...log.split('\n').flatMap((line) => (line ? `    ${line.slice(0, 300)}` : [])));
  }
  const warnings = events.items.filter((event) => event.type === 'Warning').slice(-shownLines);
  for (const { involvedObject, reason, message } of warnings) {
    lines.push(`  ${involvedObject.kind} ${involvedObject.name}: ${reason}: ${message}`);
  }
  return lines.join('\n');
}
