import type { TraceLoad } from '../scenario/types.ts';
import type { Random } from './random.ts';
import type { Drawing, PlannedPod } from './types.ts';

/** Says which pod serves a service in the trace that is being drawn. */
export type PodsOfTrace = (service: string) => number;

/**
 * Draws the pods of one trace after the other. All spans of a service in one trace come from one
 * pod, as one request is served by one. Each service draws its own, so that a trace crosses nodes;
 * with `affinity: node` it prefers pods of the node on which the first span is served.
 *
 * @param streams `shape` is the one that the first drawing took its only lot of a trace from
 * @returns draws for the next trace; its answers are indexes of `pods`
 */
export function createPodLottery(
  { affinity, services }: TraceLoad,
  pods: readonly PlannedPod[],
  drawing: Drawing,
  streams: { readonly shape: Random; readonly pods: Random },
): () => PodsOfTrace {
  const podsOf = new Map(
    services.map((service) => [
      service,
      pods.flatMap((pod, i) => (pod.service === service ? i : [])),
    ]),
  );
  if (drawing === 1) {
    return () => {
      const lot = streams.shape.uint32();
      return (service) => {
        const all = podsOf.get(service) ?? [];
        return all[lot % all.length] ?? 0;
      };
    };
  }
  return () => {
    const drawn = new Map<string, number>();
    let home: number | undefined;
    return (service) => {
      const known = drawn.get(service);
      if (known !== undefined) return known;
      const all = podsOf.get(service) ?? [];
      const near = all.filter((pod) => pods[pod]?.node === home);
      const from = near.length > 0 ? near : all;
      const pod = from[streams.pods.below(from.length)] ?? 0;
      if (affinity === 'node') home ??= pods[pod]?.node;
      drawn.set(service, pod);
      return pod;
    };
  };
}
