import { object, text } from './read.ts';
import type { Pipeline, Service, Signal, Tier } from './types.ts';

/**
 * How telemetry of applications gets into the pipeline. `node`: each node's goes to that node's own
 * pod; `service`: each connection goes to one of all pods, whatever node it comes from.
 */
export interface Entry {
  readonly tier: Tier;
  /** The port at which the tier's pods take OTLP, and how: over HTTP where they take both. */
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  readonly by: 'node' | 'service';
}

const defaultPorts = { grpc: 4317, http: 4318 } as const;

/** OTLP's services by signal (opentelemetry-proto v1, collector/<signal>/v1). */
const services = {
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
  metrics: 'metrics.v1.MetricsService',
} as const;

/** Where a signal goes in at an address: a URL, or `grpc://<address>/<service>/Export`. */
export const entryUrl = (protocol: Entry['protocol'], address: string, signal: Signal): string =>
  protocol === 'http'
    ? `http://${address}/v1/${signal}`
    : `grpc://${address}/opentelemetry.proto.collector.${services[signal]}/Export`;

/**
 * The way in that the manifests offer: a DaemonSet's pods are met by the port that they have on
 * their node, or by a Service with `internalTrafficPolicy: Local`, as the operator makes it
 * (v0.148.0, internal/manifests/collector/service.go); other pods by their Service.
 *
 * What the author says of it beside the manifests goes before that.
 *
 * @returns undefined for a pipeline without a tier
 */
export function entryOf({
  tiers,
  services,
  entries,
}: Pick<Pipeline, 'tiers' | 'services'> & Partial<Pick<Pipeline, 'entries'>>): Entry | undefined {
  const [tier] = tiers;
  if (!tier) return undefined;
  const protocol = takesHttp(tier) ? 'http' : 'grpc';
  const port = portOf(tier, protocol);
  const leads = services.filter((service) => leadsTo(service, tier, port));
  const own = tier.workload.ports.find((p) => p.port === port);
  const isLocal =
    own?.hostPort !== undefined || leads.length === 0 || leads.some(({ local }) => local);
  const by = tier.workload.kind === 'daemonset' && isLocal ? 'node' : 'service';
  const declared = entries?.find((entry) => entry.tier === tier.name)?.by;
  return { tier, port, protocol, by: declared ?? by };
}

const leadsTo = ({ workload, namespace, ports }: Service, tier: Tier, port: number): boolean =>
  workload === tier.workload.name &&
  namespace === tier.workload.namespace &&
  ports.some(({ targetPort }) => targetPort === port);

const protocolsOf = (tier: Tier): Readonly<Record<string, unknown>> =>
  object(tier.components.find(isOtlp)?.config.protocols);

const isOtlp = ({ kind, type }: Tier['components'][number]): boolean =>
  kind === 'receivers' && type === 'otlp';

/** Of a tier that takes no OTLP at all the load says so (plan/validate.ts). */
const takesHttp = (tier: Tier): boolean =>
  'http' in protocolsOf(tier) || !('grpc' in protocolsOf(tier));

function portOf(tier: Tier, protocol: Entry['protocol']): number {
  const endpoint = text(object(protocolsOf(tier)[protocol]).endpoint);
  return Number(/:(\d+)$/.exec(endpoint ?? '')?.[1] ?? defaultPorts[protocol]);
}
