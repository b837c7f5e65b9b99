import type { Place, Problem } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { object, texts } from './read.ts';
import type { Component, ComponentKind, Signal, SignalPipeline } from './types.ts';

/**
 * Deprecated type names and what they are called now (collector v0.152.0).
 * A receiver `otlp` keeps its name; only the exporter was renamed.
 */
const aliases: Readonly<Record<ComponentKind, Readonly<Record<string, string>>>> = {
  receivers: { filelog: 'file_log', hostmetrics: 'host_metrics' },
  processors: { k8sattributes: 'k8s_attributes' },
  exporters: { otlp: 'otlp_grpc', otlphttp: 'otlp_http' },
  connectors: { spanmetrics: 'span_metrics' },
  extensions: {},
};

const kinds: readonly ComponentKind[] = [
  'receivers',
  'processors',
  'exporters',
  'connectors',
  'extensions',
];

/** The current name of a component's type: `otlp/tempo` as exporter is `otlp_grpc`. */
export function typeOf(kind: ComponentKind, id: string): string {
  const written = id.split('/')[0] ?? id;
  return aliases[kind][written] ?? written;
}

type PlaceOf = (path: readonly PropertyKey[]) => Place;

/** Every component that a collector's config declares. `place` is relative to the config. */
export function readComponents(config: unknown, place: PlaceOf): Component[] {
  return kinds.flatMap((kind) =>
    Object.entries(object(object(config)[kind])).map(([id, value]) => ({
      kind,
      id,
      type: typeOf(kind, id),
      config: object(value),
      place: place([kind, id]),
    })),
  );
}

/** The collector's pipelines with their components looked up; a missing one is a problem. */
export function readPipelines(
  config: unknown,
  components: readonly Component[],
  place: PlaceOf,
  problems: Problem[],
): SignalPipeline[] {
  const written = object(object(object(config).service).pipelines);
  if (Object.keys(written).length === 0) {
    problems.push({ place: place(['service']), message: 'the config has no service.pipelines' });
  }
  return Object.entries(written).flatMap(([id, value]) => {
    const signal = id.split('/')[0] ?? '';
    if (signal !== 'traces' && signal !== 'logs' && signal !== 'metrics') return [];
    const look = (part: 'receivers' | 'processors' | 'exporters'): Component[] =>
      texts(object(value)[part]).flatMap((name, i) => {
        const candidates = components.filter(
          (c) => c.kind === part || (part !== 'processors' && c.kind === 'connectors'),
        );
        const found = candidates.find((c) => c.id === name);
        if (found) return [found];
        const known = candidates.map((c) => c.id);
        const hint = didYouMean(name, known);
        problems.push({
          place: place(['service', 'pipelines', id, part, i]),
          message: `pipeline "${id}" names ${part.slice(0, -1)} "${name}", which is not declared`,
          known,
          ...(hint ? { hint } : {}),
        });
        return [];
      });
    return [
      {
        id,
        signal: signal as Signal,
        receivers: look('receivers'),
        processors: look('processors'),
        exporters: look('exporters'),
      },
    ];
  });
}
