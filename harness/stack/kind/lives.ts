import type { V1ContainerState, V1Pod } from '@kubernetes/client-node';
import type { PodLife } from '../types.ts';
import type { Moments } from './moments.ts';

/** Which tier, or backend, a pod belongs to; what the cluster does not know of a pod. */
export interface PodRole {
  readonly tier: string;
  readonly ordinal: number;
}

/** What is known when a pod is looked at. */
export interface Look {
  readonly nowMs: number;
  readonly role: PodRole;
  /** The pod is deleted: nothing of it runs any more. */
  readonly gone: boolean;
  /** Why it would end now. */
  readonly ending: 'stop' | 'fault' | 'unasked';
}

/**
 * Takes what a pod says of its first container into the lives known so far. Kubernetes tells
 * starts and ends in whole seconds; an end is taken as late as it can have been.
 */
export function takeIn(lives: readonly PodLife[], pod: V1Pod, look: Look): PodLife[] {
  const name = pod.metadata?.name ?? '';
  const uid = pod.metadata?.uid ?? '';
  const others = lives.filter((life) => life.pod !== name || life.uid !== uid);
  const earlier = others.filter((life) => life.pod === name).length;
  const own = lives.filter((life) => life.pod === name && life.uid === uid);
  const status = pod.status?.containerStatuses?.[0];
  const count = status?.restartCount ?? 0;
  const current = own.find((life) => life.life === earlier + count);
  let next = own.map((life) =>
    life.life < earlier + count ? ended(life, status?.lastState, look) : life,
  );
  const saidMs = startOf(status?.state);
  if (!current && saidMs !== undefined) {
    // Whole seconds may put a start before the end that it followed.
    const startedMs = Math.max(saidMs, ...next.map((life) => life.endedMs ?? 0));
    next = [...next, newLife(pod, earlier + count, startedMs, look)];
  }
  next = next.map((life) => {
    if (life.life !== earlier + count) return life;
    const readyMs = life.readyMs ?? (status?.ready ? look.nowMs : undefined);
    const seen: PodLife = { ...life, readyMs, address: pod.status?.podIP ?? life.address };
    return status?.state?.terminated ? ended(seen, status.state, look) : seen;
  });
  return [...others, ...(look.gone ? next.map((life) => ended(life, undefined, look)) : next)];
}

const millisOf = (time: Date | string | undefined): number | undefined =>
  time === undefined ? undefined : new Date(time).getTime();

const startOf = (state: V1ContainerState | undefined): number | undefined =>
  millisOf(state?.running?.startedAt ?? state?.terminated?.startedAt);

const newLife = (pod: V1Pod, life: number, startedMs: number, { role }: Look): PodLife => ({
  pod: pod.metadata?.name ?? '',
  tier: role.tier,
  ordinal: role.ordinal,
  life,
  uid: pod.metadata?.uid ?? '',
  node: pod.spec?.nodeName ?? '',
  address: pod.status?.podIP ?? '',
  recorder: undefined,
  startedMs,
  readyMs: undefined,
  endedMs: undefined,
  exitCode: undefined,
  signal: undefined,
  oomKilled: false,
  ending: 'running',
});

const signals: Readonly<Record<number, string>> = { 130: 'SIGINT', 137: 'SIGKILL', 143: 'SIGTERM' };
const wholeSecondMs = 999;

function ended(
  life: PodLife,
  state: V1ContainerState | undefined,
  { nowMs, ending }: Look,
): PodLife {
  if (life.endedMs !== undefined) return life;
  const { terminated } = state ?? {};
  const finishedMs = millisOf(terminated?.finishedAt);
  return {
    ...life,
    endedMs: Math.min(nowMs, (finishedMs ?? nowMs) + wholeSecondMs),
    exitCode: terminated?.exitCode,
    signal: signals[terminated?.exitCode ?? 0],
    oomKilled: terminated?.reason === 'OOMKilled',
    ending: terminated?.reason === 'OOMKilled' ? 'unasked' : ending,
  };
}

/** A life with the moments that containerd told of its container, as far as it told them. */
export function exactly(
  life: PodLife,
  moments: Moments | undefined,
  ending: Look['ending'],
): PodLife {
  const { startedMs = life.startedMs, endedMs, exitCode, oomKilled = false } = moments ?? {};
  if (endedMs === undefined) return { ...life, startedMs };
  const outOfMemory = life.oomKilled || oomKilled;
  return {
    ...life,
    startedMs,
    endedMs,
    exitCode,
    signal: signals[exitCode ?? 0],
    oomKilled: outOfMemory,
    ending: outOfMemory ? 'unasked' : life.ending === 'running' ? ending : life.ending,
  };
}
