import { dnsIntervalMs } from '../../pipeline/resolvers.ts';
import type { Pipeline } from '../../pipeline/types.ts';

/**
 * How long after its pods have changed a tier is still sent to by its old addresses: the `dns`
 * resolver asks every `interval`, 5 s by default; the others are told (loadbalancingexporter
 * v0.152.0, resolver_dns.go, resolver_k8s.go).
 */
export function resolvedForMs({ tiers }: Pick<Pipeline, 'tiers'>, name: string): number {
  const toIt = tiers
    .flatMap(({ outputs }) => outputs)
    .filter(({ to, loadBalancing }) => loadBalancing && 'tier' in to && to.tier === name);
  return Math.max(0, ...toIt.map(({ exporter }) => dnsIntervalMs(exporter) ?? 0));
}
