import type { Problem } from '../lib/errors.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { FaultSpec, Scenario } from '../scenario/types.ts';

type Faults = readonly FaultSpec[];
type PodsOf = (tier: string) => number;

/**
 * How many pods a tier is to have at the moment of a fault, by the scalings before it.
 * @param index of the fault among all; of two at one moment the first comes first
 * @param podsOfTier how many there are when the load begins
 */
export function podsBefore(faults: Faults, index: number, podsOfTier: PodsOf): PodsOf {
  const { atMs } = faults[index] as FaultSpec;
  return (tier) => {
    const earlier = faults
      .map((spec, i) => ({ spec, i }))
      .filter(({ spec, i }) => spec.atMs < atMs || (spec.atMs === atMs && i < index))
      .flatMap(({ spec }) => (spec.kind === 'scale' && spec.target.tier === tier ? spec : []))
      .toSorted((a, b) => a.atMs - b.atMs);
    return earlier.at(-1)?.replicas ?? podsOfTier(tier);
  };
}

/** The pods that come by a scaling, or go by it: a StatefulSet's last ones. */
export function scaledOrdinals(pods: number, replicas: number): number[] {
  const least = Math.min(pods, replicas);
  return Array.from({ length: Math.abs(replicas - pods) }, (_, i) => least + i);
}

/** A scaling that changes nothing. */
export function checkScales(
  { faults, place }: Pick<Scenario, 'faults' | 'place'>,
  pipeline: Pick<Pipeline, 'tiers'>,
  podsOfTier: PodsOf,
): Problem[] {
  return faults.flatMap((fault, i): Problem[] => {
    if (fault.kind !== 'scale') return [];
    const { replicas, target } = fault;
    const { tier } = target;
    if (!pipeline.tiers.some(({ name }) => name === tier)) return [];
    const own = place(['faults', i, 'to']);
    const pods = podsBefore(faults, i, podsOfTier)(tier);
    if (pods !== replicas) return [];
    const message = `fault scale changes nothing: tier "${tier}" has ${pods} pods then`;
    return [{ place: own, message, hint: 'another number of replicas' }];
  });
}
