import { at, highestPort, list, number, object, text } from './read.ts';
import { staticHosts } from './resolvers.ts';
import type { Component, Signal } from './types.ts';

/** What an exporter sends to, as its configuration names it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  /** The exporter speaks TLS. */
  readonly tls: boolean;
  readonly loadBalancing: boolean;
  /** Of a static resolver: the hosts behind the first. */
  readonly others?: readonly Endpoint[];
}

/** Exporter types whose endpoint is understood. */
export const hopTypes = ['otlp_grpc', 'otlp_http', 'loadbalancing', 'prometheusremotewrite'];

export type Report = (message: string, hint?: string) => undefined;

/**
 * Where an exporter sends a signal to. Over HTTP the scheme says whether that is encrypted. Over
 * gRPC it is unless `tls.insecure` is set: `http://` does not switch it off, and `https://`
 * switches it on again (as collector v0.152.0 does).
 *
 * @returns undefined after `problem` was told, and for another exporter's type
 */
export function endpointOf(
  { type, id, config }: Component,
  signal: Signal,
  problem: Report,
): Endpoint | undefined {
  switch (type) {
    case 'loadbalancing':
      return loadBalancingEndpoint(id, config, problem);
    case 'otlp_grpc': {
      const written = text(config.endpoint);
      if (!written) return withoutEndpoint(id, problem);
      const tls = isHttps(written) || at(config, 'tls', 'insecure') !== true;
      return parseEndpoint(written, { protocol: 'grpc', tls, port: 4317 }, problem);
    }
    case 'otlp_http':
    case 'prometheusremotewrite': {
      const own = type === 'otlp_http' ? text(config[`${signal}_endpoint`]) : undefined;
      const written = own ?? text(config.endpoint);
      if (!written) return withoutEndpoint(id, problem);
      const tls = isHttps(written);
      return parseEndpoint(written, { protocol: 'http', tls, port: tls ? 443 : 80 }, problem);
    }
    default:
      return undefined;
  }
}

const withoutEndpoint = (id: string, problem: Report): undefined =>
  problem(`exporter "${id}" has no endpoint: the collector would not start`);

const isHttps = (written: string): boolean => written.startsWith('https:');

/** `tempo:4317`, `http://loki:3100/otlp`, `dns:///gateway:4317`. */
function parseEndpoint(
  written: string,
  { protocol, tls, port }: Pick<Endpoint, 'protocol' | 'tls' | 'port'>,
  problem: Report,
): Endpoint | undefined {
  const bare = written.replace(/^(dns:\/\/\/|dns:|passthrough:\/\/\/|https?:\/\/)/, '');
  const match = /^([A-Za-z0-9._-]+)(?::(\d+))?(?:\/.*)?$/.exec(bare);
  if (!match?.[1] || Number(match[2]) > highestPort) {
    return problem(
      `endpoint "${written}" is not understood; expected host:port`,
      /\$[A-Za-z_]/.test(written)
        ? 'write env:NAME in braces behind the $: collectors know the form without braces no more'
        : 'what a pod alone knows, such as its own address, is not resolved; write the name',
    );
  }
  if (/^(\d+\.){3}\d+$|^localhost$/.test(match[1])) {
    return problem(
      `endpoint "${written}" is an address, not a name: the bench can't put its recorder in front`,
    );
  }
  const own = Number(match[2] ?? port);
  return { host: match[1], port: own, protocol, tls, loadBalancing: false };
}

function loadBalancingEndpoint(
  id: string,
  config: Component['config'],
  problem: Report,
): Endpoint | undefined {
  const tls = at(config, 'protocol', 'otlp', 'tls', 'insecure') !== true;
  const hosts = staticHosts({ config });
  if (hosts.length > 0) {
    const usual = { protocol: 'grpc', tls, port: 4317 } as const;
    const ends = hosts.flatMap((host) => parseEndpoint(host, usual, problem) ?? []);
    const [first] = ends;
    return first && { ...first, loadBalancing: true, others: ends.slice(1) };
  }
  const k8s = object(at(config, 'resolver', 'k8s'));
  const dns = object(at(config, 'resolver', 'dns'));
  const service = text(k8s.service) ?? text(dns.hostname);
  if (service === undefined) {
    return problem(
      `exporter "${id}": its resolver is not understood; expected k8s.service, dns.hostname or static.hostnames`,
    );
  }
  const port = number(list(k8s.ports)[0]) ?? number(dns.port) ?? 4317;
  return { host: service, port, protocol: 'grpc', tls, loadBalancing: true };
}
