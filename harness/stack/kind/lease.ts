import { ApiException, CoordinationV1Api, type V1Lease } from '@kubernetes/client-node';
import { isAliveSince, processScope } from '../../shell/processes.ts';
import type { Kube } from './api.ts';
import type { RunOwner } from './names.ts';

const name = 'otel-pipeline-bench';
const namespace = 'kube-system';
const mostTries = 3;
const conflict = 409;
const missing = 404;

/** As much of the API as leases need. */
export type LeaseApi = Pick<
  CoordinationV1Api,
  'createNamespacedLease' | 'readNamespacedLease' | 'deleteNamespacedLease'
>;

export const leasesOf = ({ config }: Pick<Kube, 'config'>): LeaseApi =>
  config.makeApiClient(CoordinationV1Api);

/**
 * Takes a cluster for one run alone; what a dead run held is free.
 *
 * @param isDead whether a run's process has ended, as far as that can be told from here
 * @returns whether it was taken
 */
export async function takeLease(
  api: LeaseApi,
  owner: RunOwner,
  isDead: (owner: RunOwner) => boolean,
): Promise<boolean> {
  for (let tries = 0; tries < mostTries; tries++) {
    const spec = { holderIdentity: JSON.stringify(owner) };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec };
    if (await isDone(api.createNamespacedLease({ namespace, body }), conflict)) return true;
    const held = await leaseIn(api);
    const holder = held && holderOf(held);
    if (holder && !isDead(holder)) return false;
    // Of two that find it free only one deletes this very lease; the other looks again.
    if (held) await removeLease(api, held);
  }
  return false;
}

/** Whether a run has ended; of a process elsewhere nothing is known. */
export const isGone = ({ processId, host, sinceMs }: RunOwner): boolean =>
  host === processScope() && !isAliveSince(processId, sinceMs);

/** Who has a cluster; undefined where nobody has. */
export async function holderIn(api: LeaseApi): Promise<RunOwner | undefined> {
  const held = await leaseIn(api);
  return held && holderOf(held);
}

/** Gives a cluster back, if it is still this run's. */
export async function giveBack(api: LeaseApi, owner: RunOwner): Promise<void> {
  const held = await leaseIn(api);
  if (held?.spec?.holderIdentity === JSON.stringify(owner)) await removeLease(api, held);
}

async function leaseIn(api: LeaseApi): Promise<V1Lease | undefined> {
  try {
    return await api.readNamespacedLease({ name, namespace });
  } catch (error) {
    if (error instanceof ApiException && error.code === missing) return undefined;
    throw error;
  }
}

async function removeLease(api: LeaseApi, { metadata }: V1Lease): Promise<void> {
  const { uid } = metadata ?? {};
  const removal = api.deleteNamespacedLease({
    name,
    namespace,
    body: uid === undefined ? {} : { preconditions: { uid } },
  });
  await isDone(removal, conflict, missing);
}

/** What nobody can read was written by somebody else: it is left alone. */
const holderOf = ({ spec }: V1Lease): RunOwner => {
  try {
    return JSON.parse(spec?.holderIdentity ?? '') as RunOwner;
  } catch {
    return { processId: 0, host: 'unknown', sinceMs: 0 };
  }
};

async function isDone(call: Promise<unknown>, ...otherwise: readonly number[]): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ApiException && otherwise.includes(error.code)) return false;
    throw error;
  }
}
