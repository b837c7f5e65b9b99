import { placesFor, saidOfPlaces } from './endpoint-variables.ts';
import { at, object } from './read.ts';
import type { Resource } from './types.ts';

/** A document that is a collector's configuration itself, as `otelcol --config` takes it. */
export const isBareConfig = (value: unknown): boolean =>
  object(value).kind === undefined &&
  object(value).apiVersion === undefined &&
  Object.keys(object(at(value, 'service', 'pipelines'))).length > 0;

/** What the only bare configuration of a folder is called. */
export const bareName = 'gateway';

/** The notes that go with it. */
export const bareNotes = (file: string, config: unknown): string[] => [
  `${file} is a bare collector configuration: it runs as one gateway, a Deployment that the ` +
    `operator makes of an OpenTelemetryCollector "${bareName}"`,
  ...saidOfPlaces(placesFor(object(config))),
];

/** A bare configuration as the OpenTelemetryCollector that a user would wrap it in. */
export function wrapBareConfig({
  value,
  place,
  placeInside,
}: Pick<Resource, 'value' | 'place' | 'placeInside'>): Resource {
  const apiVersion = 'opentelemetry.io/v1beta1';
  const kind = 'OpenTelemetryCollector';
  const env = [...placesFor(object(value))].map(([name, place]) => ({ name, value: place }));
  const inside = (path: readonly PropertyKey[]): readonly PropertyKey[] =>
    path[0] === 'spec' && path[1] === 'config' ? path.slice(2) : [];
  return {
    apiVersion,
    kind,
    name: bareName,
    namespace: 'default',
    value: {
      apiVersion,
      kind,
      metadata: { name: bareName },
      spec: { mode: 'deployment', image: bareImage, env, config: value },
    },
    place: (path) => place(inside(path)),
    placeInside: (path, line, column) => placeInside(inside(path), line, column),
  };
}

/**
 * Nothing says which distribution it is for: the one that has all components, called in full, as
 * nobody writes it.
 */
export const bareImage = 'docker.io/otel/opentelemetry-collector-contrib:0.152.0';
