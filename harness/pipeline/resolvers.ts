import { parseDurationMs } from '../lib/units.ts';
import { at, object, text } from './read.ts';
import type { Component, Pipeline, Service, Tier } from './types.ts';

/** One load balancer's question after the pods of the tier behind it. */
export interface Resolver {
  readonly tier: Tier;
  readonly exporter: Component;
  /** `dns` asks every so often, `k8s` is told by the Kubernetes API. */
  readonly kind: 'dns' | 'k8s';
  readonly service: Service;
  /** Name of the tier whose pods share what it resolves to. */
  readonly to: string;
  /** How often `dns` asks; 0 for whoever is told. */
  readonly intervalMs: number;
}

/** How often the `dns` resolver asks unless told otherwise (v0.152.0, resolver_dns.go). */
const defaultInterval = '5s';

/** How often an exporter's `dns` resolver asks; undefined where it has none. */
export function dnsIntervalMs({ config }: Pick<Component, 'config'>): number | undefined {
  const dns = at(config, 'resolver', 'dns');
  if (dns === undefined) return undefined;
  return parseDurationMs(text(object(dns).interval) ?? defaultInterval) ?? 0;
}

/** Every resolver of the pipeline's `loadbalancing` exporters, once each. */
export function resolversOf({ tiers, services }: Pick<Pipeline, 'tiers' | 'services'>): Resolver[] {
  return tiers.flatMap((tier) => {
    const spreading = tier.outputs.filter(({ loadBalancing }) => loadBalancing);
    const ids = [...new Set(spreading.map(({ exporter }) => exporter.id))];
    return ids.flatMap((id): Resolver[] => {
      const { exporter, to } = spreading.find((output) => output.exporter.id === id) ?? {};
      if (!exporter || !to || !('tier' in to)) return [];
      const service = services.find(
        (s) => s.name === to.service && workloadOf(tiers, to.tier)?.name === s.workload,
      );
      if (!service) return [];
      const intervalMs = dnsIntervalMs(exporter);
      const kind = intervalMs === undefined ? 'k8s' : 'dns';
      return [{ tier, exporter, kind, service, to: to.tier, intervalMs: intervalMs ?? 0 }];
    });
  });
}

const workloadOf = (tiers: readonly Tier[], name: string) =>
  tiers.find((tier) => tier.name === name)?.workload;
