import { endpointsOf, podsOfService } from './cluster.ts';
import type { Pod } from './kubelet.ts';
import type { PodSpec } from './podspec.ts';
import type { InnerSpec, Scaling } from './protocol.ts';

interface ScalingParts {
  readonly spec: Pick<InnerSpec, 'collectors' | 'pipeline'>;
  /** As they are now. */
  readonly pods: readonly Pod[];
  launch(spec: PodSpec): Promise<Pod>;
  untilReady(pod: Pod): Promise<void>;
  /** Resolves when its process is gone. */
  stop(pod: Pod): Promise<void>;
  remove(pod: Pod): Promise<void>;
  /** A pod did not get ready, or one did not go. */
  onTrouble(error: unknown): void;
}

/**
 * Gives tiers other numbers of pods, as a controller does: a StatefulSet that is not `Parallel`
 * goes on to the next pod once the one before it is ready or gone, from the last one down.
 */
export function createScaling(parts: ScalingParts) {
  const turns = new Map<string, Promise<void>>();
  const { spec, pods } = parts;
  const come = async (own: PodSpec, waits: boolean): Promise<void> => {
    const pod = await parts.launch(own);
    if (waits) await parts.untilReady(pod);
  };
  const go = async (pod: Pod): Promise<void> => {
    await parts.stop(pod);
    await parts.remove(pod);
  };
  const change = async ({ tier, pods: wanted, inTurn }: Scaling): Promise<void> => {
    const own = pods.filter((pod) => pod.spec.tier === tier);
    const coming = wanted.filter(({ name }) => own.every((pod) => pod.spec.name !== name));
    const going = own
      .filter((pod) => wanted.every(({ name }) => pod.spec.name !== name))
      .toSorted((a, b) => b.spec.ordinal - a.spec.ordinal);
    if (!inTurn) {
      await Promise.all([...coming.map((one) => come(one, false)), ...going.map(go)]);
      return;
    }
    for (const one of coming) await come(one, true);
    for (const pod of going) await go(pod);
  };
  return {
    /** Returns once that is under way: what came before it at the tier is waited for. */
    scale: (scaling: Scaling): void => {
      const { tier } = scaling;
      const [known] = spec.collectors.filter((own) => own.tier === tier);
      if (!known) throw new Error(`tier ${tier} has no pods that could be more or fewer`);
      // What stands in the files of a Secret was made for this run; it is the same in each pod.
      const made = scaling.pods.map((pod) => ({ ...pod, files: known.files }));
      const before = turns.get(tier) ?? Promise.resolve();
      const turn = before.then(() => change({ ...scaling, pods: made }));
      turns.set(tier, turn.catch(parts.onTrouble));
    },
    endpoints: (tier: string): readonly string[] | null => {
      const { workload } = spec.pipeline.tiers.find(({ name }) => name === tier) ?? {};
      const own = spec.pipeline.services.filter(
        (s) => s.workload === workload?.name && s.namespace === workload.namespace,
      );
      if (own.length === 0) return null;
      const listed = own.flatMap((service) => endpointsOf(podsOfService(service, pods)));
      return [...new Set(listed.map(({ published }) => published))];
    },
  };
}
