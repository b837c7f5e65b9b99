import type { Pipeline, Tier } from '../../pipeline/types.ts';
import type { EntryUrls } from '../types.ts';
import type { Manifest } from './manifests.ts';

/** How the load gets from beside the cluster to the first tier. */
export type Entry =
  /** Each node's own pod takes what comes to this port of the node. */
  | { readonly kind: 'hostPort'; readonly port: number }
  /** No pod has a port on its node: a Service of ours leads to any of them. */
  | { readonly kind: 'service'; readonly object: Manifest };

const entryService = 'otel-pipeline-bench-entry';

/** @returns undefined for a pipeline without a tier */
export function entryOf(pipeline: Pipeline): Entry | undefined {
  const [tier] = pipeline.tiers;
  if (!tier) return undefined;
  const port = httpPortOf(tier);
  const hostPort = tier.workload.ports.find((p) => p.port === port)?.hostPort;
  if (hostPort !== undefined) return { kind: 'hostPort', port: hostPort };
  return {
    kind: 'service',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: entryService, namespace: tier.workload.namespace },
      spec: {
        type: 'NodePort',
        selector: { ...tier.workload.labels },
        ports: [{ name: 'otlp-http', port, targetPort: port, protocol: 'TCP' }],
      },
    },
  };
}

/** The port at which a tier takes OTLP over HTTP. */
function httpPortOf(tier: Tier): number {
  const receiver = tier.components.find((c) => c.kind === 'receivers' && c.type === 'otlp');
  const protocols = receiver?.config.protocols as { http?: { endpoint?: string } } | undefined;
  return Number(/:(\d+)$/.exec(protocols?.http?.endpoint ?? '')?.[1] ?? 4318);
}

/** By worker node. */
export const urlsOf = (addresses: readonly string[], port: number): EntryUrls[] =>
  addresses.map((address) => {
    const url = (signal: string): string => `http://${address}:${port}/v1/${signal}`;
    return { traces: url('traces'), logs: url('logs'), metrics: url('metrics') };
  });
