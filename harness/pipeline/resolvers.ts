import { parseDurationMs } from '../lib/units.ts';
import { at, object, text, texts } from './read.ts';
import type { Component, Pipeline, Service, Tier } from './types.ts';

/** One load balancer's question after the pods of the tier behind it. */
export interface Resolver {
  readonly tier: Tier;
  readonly exporter: Component;
  /** `dns` asks every so often, `k8s` is told by the Kubernetes API, `static` has a list. */
  readonly kind: 'dns' | 'k8s' | 'static';
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

/** The hosts of a `static` resolver, as they are written; none where it has another. */
export function staticHosts({ config }: Pick<Component, 'config'>): string[] {
  const hosts = at(config, 'resolver', 'static', 'hostnames');
  return typeof hosts === 'string' ? hosts.split(',').map((host) => host.trim()) : texts(hosts);
}

/**
 * The pod of a StatefulSet that a host names, as `sampler-0.sampler-headless` does; undefined where
 * it names a Service.
 */
export function podOf(host: string, { workload }: Pick<Service, 'workload'>): string | undefined {
  const [pod = '', service] = host.replace(/:\d+$/, '').split('.');
  const ordinal = pod.startsWith(`${workload}-`) ? pod.slice(workload.length + 1) : '';
  return service !== undefined && /^\d+$/.test(ordinal) ? pod : undefined;
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
      const told = staticHosts(exporter).length > 0 ? 'static' : 'k8s';
      const kind = intervalMs === undefined ? told : 'dns';
      return [{ tier, exporter, kind, service, to: to.tier, intervalMs: intervalMs ?? 0 }];
    });
  });
}

/** Those that have to be told pods before they know them. */
export const askingIn = (pipeline: Parameters<typeof resolversOf>[0]): Resolver[] =>
  resolversOf(pipeline).filter(({ kind }) => kind !== 'static');

const workloadOf = (tiers: readonly Tier[], name: string) =>
  tiers.find((tier) => tier.name === name)?.workload;
