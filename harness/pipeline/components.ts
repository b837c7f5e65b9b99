import type { Place, Problem } from '../lib/errors.ts';
import { hasExpansion, isExpanded } from '../lib/expansion.ts';
import { distributions, gone, modulesOf, ofOthers, writtenOf } from './distributions.ts';
import { at, listOf, misfit, nearest, object, type Reader, text } from './read.ts';
import {
  type Component,
  type ComponentKind,
  type Signal,
  type SignalPipeline,
  signals,
} from './types.ts';

/**
 * Deprecated type names and what they are called now (collector v0.152.0).
 * A receiver `otlp` keeps its name; only the exporter was renamed.
 */
const aliases: Readonly<Record<ComponentKind, Readonly<Record<string, string>>>> = {
  receivers: { filelog: 'file_log', hostmetrics: 'host_metrics' },
  processors: { k8sattributes: 'k8s_attributes', metricstransform: 'metrics_transform' },
  exporters: { otlp: 'otlp_grpc', otlphttp: 'otlp_http' },
  connectors: { servicegraph: 'service_graph', spanmetrics: 'span_metrics' },
  extensions: {},
};

const kinds: readonly ComponentKind[] = [
  'receivers',
  'processors',
  'exporters',
  'connectors',
  'extensions',
];

/** The type as a component's id has it: `otlp` of `otlp/tempo`. */
export const writtenType = (id: string): string => id.split('/')[0] ?? id;

/** The current name of a component's type: `otlp/tempo` as exporter is `otlp_grpc`. */
export function typeOf(kind: ComponentKind, id: string): string {
  const written = writtenType(id);
  return aliases[kind][written] ?? written;
}

/**
 * A type that is a slip of the hand: the collector ends at once where one is declared that it does
 * not have (otelcol v0.152.0, internal/configunmarshaler). One that is near to none may be a
 * vendor's.
 */
export function checkTypes(components: readonly Component[], problems: Problem[]): void {
  for (const { kind, id, type, place } of components) {
    const known = [...distributions.contrib[kind], ...gone[kind], ...ofOthers[kind]];
    if (kind === 'exporters' || modulesOf(type).some((name) => known.includes(name))) continue;
    const types = known.map((module) => writtenOf[module] ?? module);
    const { hint } = nearest(type, types, Math.min(2, Math.floor(type.length / 2.5)));
    if (!hint) continue;
    const message = `${kind.slice(0, -1)} "${id}" is of a type that no distribution has`;
    problems.push({ place, message, hint });
  }
}

/** What a configuration is made of (otelcol v0.152.0, unmarshaler.go, configSettings). */
const partsOf: readonly string[] = [...kinds, 'service'];

/** Whatever else stands at the top of one ends the collector at once. */
export function checkParts(config: Readonly<Record<string, unknown>>, reader: Reader): void {
  for (const part of Object.keys(config)) {
    if (partsOf.includes(part)) continue;
    const message = `"${part}" is no part of a collector's configuration`;
    reader.problems.push({ place: reader.place([part]), message, ...nearest(part, partsOf) });
  }
}

/** A configuration without what the operator does not take over into v1beta1. */
export const withParts = (config: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(config).filter(([part]) => partsOf.includes(part)));

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
      placeOf: (path) => place([kind, id, ...path]),
    })),
  );
}

/**
 * The collector's pipelines with their components looked up. A missing one is a problem, as are a
 * signal that there is not, and a pipeline without receiver or exporter.
 */
export function readPipelines(
  config: unknown,
  components: readonly Component[],
  reader: Reader,
  notes: string[],
): SignalPipeline[] {
  const { problems, place } = reader;
  const written = object(at(config, 'service', 'pipelines'));
  if (Object.keys(written).length === 0) {
    problems.push({ place: place(['service']), message: 'the config has no service.pipelines' });
  }
  return Object.entries(written).flatMap(([id, value]) => {
    const path = ['service', 'pipelines', id];
    const signal = id.split('/')[0] ?? '';
    if (!isSignal(signal)) {
      if (signal === 'profiles') notes.push(`pipeline "${id}": profiles are not followed`);
      else {
        const message = `pipeline "${id}" is of no signal`;
        problems.push({ place: place(path), message, ...nearest(signal, signals) });
      }
      return [];
    }
    const look = (part: 'receivers' | 'processors' | 'exporters'): Component[] => {
      const ids = object(value)[part];
      if (hasExpansion(ids)) {
        notes.push(`pipeline "${id}": ${part} ${JSON.stringify(ids)} can't be read before it runs`);
      } else if (part !== 'processors' && isEmpty(ids)) {
        const message = `pipeline "${id}" has no ${part}; the collector asks for at least one`;
        problems.push({ place: place([...path, part]), message });
      }
      const candidates = components.filter(
        (c) => c.kind === part || (part !== 'processors' && c.kind === 'connectors'),
      );
      return lookUp(ids, candidates, [...path, part], reader, `pipeline "${id}" names`);
    };
    return [
      {
        id,
        signal,
        receivers: look('receivers'),
        processors: look('processors'),
        exporters: look('exporters'),
      },
    ];
  });
}

const isEmpty = (ids: unknown): boolean =>
  ids === undefined || ids === null || (Array.isArray(ids) && ids.length === 0);

const isSignal = (name: string): name is Signal => (signals as readonly string[]).includes(name);

/** The components that a list names; `who` names them. */
function lookUp(
  ids: unknown,
  candidates: readonly Component[],
  path: readonly string[],
  reader: Reader,
  who: string,
): Component[] {
  const part = path.at(-1)?.slice(0, -1) ?? '';
  return listOf(reader, ids, path).flatMap((written, i) => {
    const name = text(written);
    const found = candidates.find((c) => c.id === name);
    if (found) return [found];
    if (name === undefined) misfit(reader, written, [...path, i], `the name of one ${part}`);
    else if (!isExpanded(name)) {
      const message = `${who} ${part} "${name}", which is not declared`;
      const known = candidates.map((c) => c.id);
      reader.problems.push({ place: reader.place([...path, i]), message, ...nearest(name, known) });
    }
    return [];
  });
}

/** The extensions that a collector starts; one that is not declared is a problem. */
export function readExtensions(
  config: unknown,
  components: readonly Component[],
  reader: Reader,
): Component[] {
  const ids = at(config, 'service', 'extensions');
  const extensions = components.filter((c) => c.kind === 'extensions');
  return lookUp(ids, extensions, ['service', 'extensions'], reader, 'the service names');
}
