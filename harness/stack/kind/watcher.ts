import { setTimeout as sleep } from 'node:timers/promises';
import { type KubernetesListObject, type V1Pod, Watch } from '@kubernetes/client-node';
import { messageOf } from '../../lib/errors.ts';
import { nowMs } from '../../tap/recorder.ts';
import type { PodLife } from '../types.ts';
import type { Kube } from './api.ts';
import { takeIn } from './lives.ts';
import type { RoleOf } from './roles.ts';

/** The pods of the run as they are now, and every life that their containers had. */
export interface PodWatcher {
  readonly pods: ReadonlyMap<string, V1Pod>;
  readonly lives: readonly PodLife[];
  /** From now on ends are asked for. */
  stopping(): void;
  end(): void;
}

const pauseMs = 300;
const path = '/api/v1/pods';

/**
 * Follows the pods of the whole cluster: lists, watches from there, and lists again whenever the
 * watch breaks off.
 *
 * @param onLife told of each life when it begins
 */
export function watchPods(
  kube: Kube,
  roleOf: RoleOf,
  onLife: (life: PodLife, pod: V1Pod) => void,
  onTrouble: (text: string) => void,
): PodWatcher {
  const pods = new Map<string, V1Pod>();
  const state = { lives: [] as readonly PodLife[], stopping: false, ended: false };
  let abort: AbortController | undefined;
  const see = (pod: V1Pod, gone: boolean): void => {
    const role = roleOf(pod);
    const uid = pod.metadata?.uid ?? '';
    if (!role) return;
    if (gone) pods.delete(uid);
    else pods.set(uid, pod);
    const known = new Set(state.lives.map(keyOf));
    const ending = state.stopping ? 'stop' : 'unasked';
    state.lives = takeIn(state.lives, pod, { nowMs: nowMs(), role, gone, ending });
    for (const life of state.lives) if (!known.has(keyOf(life))) onLife(life, pod);
  };
  const list = async (): Promise<string> => {
    const listed = (await kube.core.listPodForAllNamespaces()) as KubernetesListObject<V1Pod>;
    const there = new Set(listed.items.map((pod) => pod.metadata?.uid));
    for (const [uid, pod] of pods) if (!there.has(uid)) see(pod, true);
    for (const pod of listed.items) see(pod, false);
    return listed.metadata?.resourceVersion ?? '';
  };
  const watch = (resourceVersion: string): Promise<void> =>
    new Promise((resolve, reject) => {
      new Watch(kube.config)
        .watch(
          path,
          { resourceVersion },
          (phase, object: V1Pod) => {
            if (phase === 'ERROR') abort?.abort();
            else if (phase !== 'BOOKMARK') see(object, phase === 'DELETED');
          },
          () => resolve(),
        )
        .then((controller) => {
          abort = controller;
          if (state.ended) controller.abort();
        }, reject);
    });
  const follow = async (): Promise<void> => {
    while (!state.ended) {
      try {
        await watch(await list());
      } catch (error) {
        if (!state.ended) onTrouble(`pods can't be followed: ${messageOf(error)}`);
        await sleep(pauseMs);
      }
    }
  };
  void follow();
  return {
    pods,
    get lives() {
      return state.lives;
    },
    stopping: () => {
      state.stopping = true;
    },
    end: () => {
      state.ended = true;
      abort?.abort();
    },
  };
}

const keyOf = ({ pod, uid, life }: PodLife): string => `${pod}/${uid}/${life}`;

export const isReady = ({ metadata, status }: V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True');
