import { list, text } from './read.ts';
import type { Output, Pipeline, Signal, Tier } from './types.ts';

/** Keys of `routing_key` that make sense for a signal, in words; the first is what it is else. */
const keysOf: Readonly<Record<Signal, Readonly<Record<string, string>>>> = {
  traces: { traceID: 'trace id', service: 'service', attributes: 'attributes' },
  logs: {},
  metrics: {
    service: 'service',
    resource: 'resource',
    metric: 'metric name',
    streamID: 'stream',
    attributes: 'attributes',
  },
};

/**
 * By what a load balancer spreads a signal over pods: `trace id`, `service`, `attributes a, b`.
 * Spans go by trace id unless told otherwise, metrics by service; log records always by trace id,
 * whatever is written (loadbalancingexporter v0.152.0: trace_exporter.go, metrics_exporter.go,
 * log_exporter.go).
 *
 * @returns undefined of an exporter that sends to one address
 */
export function spreadBy({
  signal,
  exporter,
  loadBalancing,
}: Pick<Output, 'signal' | 'exporter' | 'loadBalancing'>): string | undefined {
  if (!loadBalancing) return undefined;
  const keys = keysOf[signal];
  const key = keys[text(exporter.config.routing_key) ?? ''] ?? Object.values(keys)[0] ?? 'trace id';
  if (key !== 'attributes') return key;
  return `attributes ${list(exporter.config.routing_attributes).map(String).join(', ')}`;
}

/**
 * Exporters that do not bring a trace whole to one pod of a tier of several. Of a request, all
 * spans of a trace go to the pod of each service, or of each set of attributes, that is among them
 * (trace_exporter.go, ConsumeTraces): a trace of several meets several pods, and some of its spans
 * more than once.
 */
export const partersOf = (
  { tiers }: Pick<Pipeline, 'tiers'>,
  { name, workload }: Tier,
): { readonly component: string; readonly by: string }[] =>
  tiers.flatMap((tier) =>
    tier.outputs.flatMap((output) => {
      const by = output.signal === 'traces' ? spreadBy(output) : undefined;
      const isThere = 'tier' in output.to && output.to.tier === name && workload.replicas > 1;
      if (!isThere || by === undefined || by === 'trace id') return [];
      return { component: `${tier.name}/${output.exporter.id}`, by };
    }),
  );

/** Where tail_sampling decides on what may be parts of traces. */
export const saidOfSpread = (pipeline: Pick<Pipeline, 'tiers'>): string[] =>
  pipeline.tiers
    .filter(({ tailSampling }) => tailSampling)
    .flatMap((tier) =>
      partersOf(pipeline, tier).map(
        ({ component, by }) =>
          `${component} spreads by ${by}: a trace of several does not come whole to one pod of ${tier.name}, whose tail_sampling decides on parts`,
      ),
    );
