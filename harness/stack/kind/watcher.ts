import { setTimeout as sleep } from 'node:timers/promises';
import { type KubernetesListObject, type V1Pod, Watch } from '@kubernetes/client-node';
import { messageOf } from '../../lib/errors.ts';
import { nowMs } from '../../tap/recorder.ts';
import type { PodLife } from '../types.ts';
import type { Kube } from './api.ts';
import { exactly, takeIn } from './lives.ts';
import type { MomentKeeper } from './moments.ts';
import type { RoleOf } from './roles.ts';

/** The pods of the run as they are now, and every life that their containers had. */
export interface PodWatcher {
  readonly pods: ReadonlyMap<string, V1Pod>;
  readonly lives: readonly PodLife[];
  /** Undefined until it is known. */
  containerOf(life: PodLife): string | undefined;
  /** A fault is about to end this life. */
  expect(life: PodLife): void;
  /** From now on ends are asked for. */
  stopping(): void;
  end(): void;
}

/** A life that goes on, and its container. */
export type RunningLife = PodLife & { readonly containerId: string };

export interface WatchEvents {
  /** A life begins. */
  readonly onLife: (life: PodLife, pod: V1Pod) => void;
  /** A pod of the run came, went or changed. */
  readonly onChange: () => void;
  readonly onTrouble: (text: string) => void;
}

const pauseMs = 300;
const path = '/api/v1/pods';

/**
 * Follows the pods of the whole cluster: lists, watches from there, and lists again whenever the
 * watch breaks off.
 *
 * @param moments of containers, by their ids, exact where Kubernetes tells seconds
 */
export function watchPods(
  kube: Kube,
  roleOf: RoleOf,
  moments: Pick<MomentKeeper, 'of'>,
  { onLife, onChange, onTrouble }: WatchEvents,
): PodWatcher {
  const pods = new Map<string, V1Pod>();
  const containers = new Map<string, string>();
  const expected = new Set<string>();
  const state = { lives: [] as readonly PodLife[], stopping: false, ended: false };
  let abort: AbortController | undefined;
  const endingOf = (life: PodLife | undefined) =>
    state.stopping ? 'stop' : life && expected.has(keyOf(life)) ? 'fault' : 'unasked';
  const see = (pod: V1Pod, gone: boolean): void => {
    const role = roleOf(pod);
    const uid = pod.metadata?.uid ?? '';
    if (!role) return;
    if (gone) pods.delete(uid);
    else pods.set(uid, pod);
    const known = new Set(state.lives.map(keyOf));
    const own = state.lives.findLast((life) => life.uid === uid);
    state.lives = takeIn(state.lives, pod, { nowMs: nowMs(), role, gone, ending: endingOf(own) });
    const last = state.lives.findLast((life) => life.uid === uid);
    const containerId = containerIdOf(pod);
    if (last && containerId !== undefined) containers.set(keyOf(last), containerId);
    for (const life of state.lives) if (!known.has(keyOf(life))) onLife(life, pod);
    onChange();
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
      return state.lives.map((life) =>
        exactly(life, moments.of(containers.get(keyOf(life)) ?? ''), endingOf(life)),
      );
    },
    containerOf: (life) => containers.get(keyOf(life)),
    expect: (life) => void expected.add(keyOf(life)),
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

/** Of the container that runs, or has just ended: one that waits to be started has none yet. */
function containerIdOf({ status }: V1Pod): string | undefined {
  const { containerID, state } = status?.containerStatuses?.[0] ?? {};
  return state?.waiting ? undefined : containerID?.replace(/^[a-z]+:\/\//, '');
}

export const isReady = ({ metadata, status }: V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True');
