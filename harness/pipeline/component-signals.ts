import { modulesOf } from './distributions.ts';
import { list, object, type Reader } from './read.ts';
import type { Component, Signal, SignalPipeline } from './types.ts';

type Signals = readonly Signal[];

/**
 * Signals of components that do not have all, by their modules (`otelcol components` of v0.152.0,
 * and status.stability of each metadata.yaml).
 */
const receivers: Readonly<Record<string, Signals>> = {
  filelog: ['logs'],
  hostmetrics: ['metrics', 'logs'],
  jaeger: ['traces'],
  prometheus: ['metrics'],
  zipkin: ['traces'],
};
const processors: Readonly<Record<string, Signals>> = {
  cumulativetodelta: ['metrics'],
  deltatocumulative: ['metrics'],
  deltatorate: ['metrics'],
  groupbytrace: ['traces'],
  interval: ['metrics'],
  logdedup: ['logs'],
  metricsgeneration: ['metrics'],
  metricstarttime: ['metrics'],
  metricstransform: ['metrics'],
  probabilisticsampler: ['traces', 'logs'],
  span: ['traces'],
  tailsampling: ['traces'],
};
const exporters: Readonly<Record<string, Signals>> = {
  prometheus: ['metrics'],
  prometheusremotewrite: ['metrics'],
  zipkin: ['traces'],
};
/** What a connector takes, and what it makes of that. */
const connectors: Readonly<Record<string, readonly [from: Signals, to: Signals]>> = {
  count: [['traces', 'metrics', 'logs'], ['metrics']],
  exceptions: [['traces'], ['metrics', 'logs']],
  servicegraph: [['traces'], ['metrics']],
  signaltometrics: [['traces', 'metrics', 'logs'], ['metrics']],
  spanmetrics: [['traces'], ['metrics']],
  sum: [['traces', 'metrics', 'logs'], ['metrics']],
};

/** Components in a pipeline of a signal that they do not have: the collector ends at once. */
export function checkSignals(
  config: unknown,
  pipelines: readonly SignalPipeline[],
  { problems, place }: Reader,
): void {
  const written = object(object(object(config).service).pipelines);
  for (const { id, signal, ...parts } of pipelines) {
    for (const part of ['receivers', 'processors', 'exporters'] as const) {
      for (const component of parts[part]) {
        if (signalsOf(component, part)?.includes(signal) !== false) continue;
        const index = list(object(written[id])[part]).indexOf(component.id);
        const kind = component.kind.slice(0, -1);
        problems.push({
          place: place(['service', 'pipelines', id, part, index]),
          message: `pipeline "${id}" is of ${signal}, which ${kind} "${component.id}" does not have`,
          known: signalsOf(component, part) ?? [],
        });
      }
    }
  }
}

/** Undefined for one that has all, or of which nobody knows. */
function signalsOf(
  { kind, type }: Component,
  part: 'receivers' | 'processors' | 'exporters',
): Signals | undefined {
  const [module = type] = modulesOf(type);
  if (kind === 'connectors') return connectors[module]?.[part === 'exporters' ? 0 : 1];
  return { receivers, processors, exporters }[part][module];
}
