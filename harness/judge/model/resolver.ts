import { dnsIntervalMs } from '../../pipeline/resolvers.ts';
import type { Pipeline } from '../../pipeline/types.ts';

/**
 * Within this time a resolver that is left as it comes knows that pods have changed: the `dns` one
 * asks so often, the others are told (loadbalancingexporter v0.152.0, resolver_dns.go,
 * resolver_k8s.go). What goes astray until then is the fault's doing.
 */
export const knownWithinMs = 5_000;

/**
 * Within this time a sender that is told knows that a pod is gone. Not sooner than it is gone: the
 * `k8s` resolver reads a slice's addresses whatever their conditions say, so a pod that is ending
 * stays in the ring until the slice lists it no longer (resolver_k8s_handler.go, v0.152.0).
 */
export const toldWithinMs = 1_000;

/** A `loadbalancing` exporter that asks more seldom than it would if left as it comes. */
export interface SlowRing {
  /** `agent/loadbalancing` */
  readonly component: string;
  readonly intervalMs: number;
}

/** Who sends to a tier by addresses that may be older than need be; the slowest of them. */
export const slowRingTo = (pipeline: Tiers, name: string): SlowRing | undefined =>
  ringsTo(pipeline, name)
    .flatMap(({ component, exporter }) => {
      const intervalMs = dnsIntervalMs(exporter) ?? 0;
      return intervalMs > knownWithinMs ? [{ component, intervalMs }] : [];
    })
    .toSorted((a, b) => b.intervalMs - a.intervalMs)[0];

/**
 * For how long agents that ask from time to time rightly differ in their lists of a tier's pods; 0
 * where all are told.
 */
export const askedWithinMs = (pipeline: Tiers, name: string): number =>
  Math.min(
    knownWithinMs,
    Math.max(0, ...ringsTo(pipeline, name).map(({ exporter }) => dnsIntervalMs(exporter) ?? 0)),
  );

type Tiers = Pick<Pipeline, 'tiers'>;

const ringsTo = ({ tiers }: Tiers, name: string) =>
  tiers.flatMap((tier) =>
    tier.outputs
      .filter(({ to, loadBalancing }) => loadBalancing && 'tier' in to && to.tier === name)
      .map(({ exporter }) => ({ component: `${tier.name}/${exporter.id}`, exporter })),
  );
