import type { V1Pod } from '@kubernetes/client-node';
import type { Tier } from '../../pipeline/types.ts';
import { PodUnready, readUnready } from '../unready.ts';
import type { Kube } from './api.ts';
import { isReady } from './watcher.ts';

/** What a collector says once every component of it has started (service v0.152.0, service.go). */
const readyLine = 'Everything is ready';
const consideredLines = 200;
/** A container that ended before it was ready is given one more try, as on the embedded runtime. */
const triedRestarts = 2;

/**
 * Whether a pod is ready. Kubernetes calls one ready that has no probe, as soon as it runs: of such
 * a one its own word is asked for.
 */
export async function isUp(kube: Kube, pod: V1Pod): Promise<boolean> {
  if (!isReady(pod)) return false;
  if (pod.spec?.containers.some((container) => container.readinessProbe)) return true;
  return (await logOf(kube, pod, false)).includes(readyLine);
}

/** A pod whose container ended again and again before it was ready. */
export const isCrashing = (pod: V1Pod): boolean =>
  !isReady(pod) &&
  (pod.status?.containerStatuses ?? []).some(
    ({ restartCount, ready }) => !ready && restartCount >= triedRestarts,
  );

/** Says why a pod is not ready, by the log of its last container. */
export async function unreadyOf(
  kube: Kube,
  pod: V1Pod,
  tier: Tier,
  waitedMs: number,
): Promise<PodUnready> {
  const name = pod.metadata?.name ?? '';
  const status = pod.status?.containerStatuses?.[0];
  const ended = status?.lastState?.terminated ?? status?.state?.terminated;
  const how = `exit code ${ended?.exitCode}${ended?.reason === 'OOMKilled' ? ' (out of memory)' : ''}`;
  const what = ended
    ? `ended with ${how} before it was ready`
    : `was not ready after ${Math.round(waitedMs / 1_000)} s`;
  const log = await logOf(kube, pod, status?.lastState?.terminated !== undefined);
  return new PodUnready(
    readUnready({
      pod: name,
      tier: tier.name,
      what: `pod ${name} ${what}`,
      lines: log.trimEnd().split('\n').slice(-consideredLines),
      logFile: 'evidence/logs of the run',
      components: tier.components,
    }),
  );
}

/** Empty where it can't be read. */
async function logOf(kube: Kube, { metadata }: V1Pod, previous: boolean): Promise<string> {
  const { name = '', namespace = '' } = metadata ?? {};
  return kube.core.readNamespacedPodLog({ name, namespace, previous }).catch(() => '');
}
