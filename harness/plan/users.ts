import { appPods } from '../scenario/apps.ts';
import { tracesOfPhases } from '../scenario/meaning.ts';
import type { Phase, Scenario, UserLoad } from '../scenario/types.ts';
import { ordinaryClass } from '../scenario/users.ts';
import { generatedName, generatedUid } from './names.ts';
import { podMarks } from './pod-marks.ts';
import { type Random, random, shuffle } from './random.ts';
import type { PlannedPod, PlannedRequest, PlannedStrip, PlannedUsers } from './types.ts';

/**
 * Draws what users ask of the sample application: when, about which order, with which context. Its
 * programs really run, so the ids of their spans are theirs; what is planned is the trace that they
 * must all belong to.
 *
 * @param firstPod index that the first of the application's pods has in the plan
 */
export function planUsers(
  { users, phases, faults }: Pick<Scenario, 'users' | 'phases' | 'faults'>,
  seed: number,
  firstPod: number,
): PlannedUsers | undefined {
  if (!users) return undefined;
  const starts = startsMs(users, phases, random(seed, 'users/starts'));
  const failures = drawFailures(users, starts.length, random(seed, 'users/failures'));
  const ids = random(seed, 'users/ids');
  const requests = starts.map((atMs, i): PlannedRequest => {
    const failure = users.failures[failures[i] ?? -1];
    return {
      order: `o-${i}`,
      atMs,
      traceId: hex(ids, 4),
      spanId: hex(ids, 2),
      className: failure?.name ?? ordinaryClass,
      ...(failure ? { fails: failure.service } : {}),
    };
  });
  const strips = stripsOf(faults);
  return { load: users, firstPod, requests, ...(strips.length > 0 ? { strips } : {}) };
}

function stripsOf(faults: Scenario['faults']): PlannedStrip[] {
  const all = faults.flatMap((fault) =>
    fault.kind === 'strip' ? fault.headers.map((header) => ({ proxy: fault.proxy, header })) : [],
  );
  return [...new Map(all.map((one) => [`${one.proxy}/${one.header}`, one])).values()];
}

/** One pod for each program of the application, spread over the worker nodes in turn. */
export function planAppPods(
  { users }: Pick<Scenario, 'users'>,
  workerNodes: number,
  seed: number,
): PlannedPod[] {
  if (!users) return [];
  const stream = random(seed, 'users/pods');
  return appPods.map((service, i) => {
    const replicaSet = `${service}-${generatedName(stream, 10)}`;
    return {
      name: `${replicaSet}-${generatedName(stream, 5)}`,
      uid: generatedUid(stream),
      service,
      deployment: service,
      replicaSet,
      namespace: `${users.app}-app`,
      node: i % workerNodes,
      ...podMarks(service, replicaSet),
    };
  });
}

/** Evenly by each phase's rate, jittered within their slot. */
function startsMs(users: UserLoad, phases: readonly Phase[], stream: Random): number[] {
  let phaseStartMs = 0;
  return tracesOfPhases(users, phases).flatMap((count, i) => {
    const { forMs = 0 } = phases[i] ?? {};
    const fromMs = phaseStartMs;
    phaseStartMs += forMs;
    const slotMs = forMs / Math.max(1, count);
    return Array.from({ length: count }, (_, k) =>
      Math.round(fromMs + (k + stream.unit()) * slotMs),
    );
  });
}

/** For each request which of the failures befalls it, in exactly their shares; -1 for none. */
function drawFailures({ failures }: UserLoad, count: number, stream: Random): Int8Array {
  const drawn = new Int8Array(count).fill(-1);
  let next = 0;
  for (const [i, { share }] of failures.entries()) {
    const wanted = Math.round(share * count);
    drawn.fill(i, next, next + wanted);
    next += wanted;
  }
  shuffle(drawn, stream);
  return drawn;
}

const hex = (stream: Random, words: number): string =>
  Array.from({ length: words }, () => stream.uint32().toString(16).padStart(8, '0')).join('');
