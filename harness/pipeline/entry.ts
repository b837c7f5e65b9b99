import type { Pipeline, Service, Tier } from './types.ts';

/**
 * How telemetry of applications gets into the pipeline. `node`: each node's goes to that node's own
 * pod; `service`: each connection goes to one of all pods, whatever node it comes from.
 */
export interface Entry {
  readonly tier: Tier;
  /** The port at which the tier's pods take OTLP over HTTP. */
  readonly port: number;
  readonly by: 'node' | 'service';
}

const defaultPort = 4318;

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
  const port = httpPortOf(tier);
  const leads = services.filter((service) => leadsTo(service, tier, port));
  const own = tier.workload.ports.find((p) => p.port === port);
  const isLocal =
    own?.hostPort !== undefined || leads.length === 0 || leads.some(({ local }) => local);
  const by = tier.workload.kind === 'daemonset' && isLocal ? 'node' : 'service';
  const declared = entries?.find((entry) => entry.tier === tier.name)?.by;
  return { tier, port, by: declared ?? by };
}

const leadsTo = ({ workload, namespace, ports }: Service, tier: Tier, port: number): boolean =>
  workload === tier.workload.name &&
  namespace === tier.workload.namespace &&
  ports.some(({ targetPort }) => targetPort === port);

/** The port at which a tier takes OTLP over HTTP. */
function httpPortOf(tier: Tier): number {
  const receiver = tier.components.find((c) => c.kind === 'receivers' && c.type === 'otlp');
  const protocols = receiver?.config.protocols as { http?: { endpoint?: string } } | undefined;
  return Number(/:(\d+)$/.exec(protocols?.http?.endpoint ?? '')?.[1] ?? defaultPort);
}
