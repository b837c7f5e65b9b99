import type { Problem } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { distributions } from './distributions.ts';
import { applyEdits, type ResourceEdit } from './edits.ts';
import { hopTypes } from './endpoint.ts';
import { at, object, type Plain, text } from './read.ts';
import { sinks } from './sinks.ts';
import type { Component, Pipeline, Resource } from './types.ts';

/** Nobody's, for ever (RFC 2606). */
const domain = '.replaced.invalid';
const port = 4318;
/** Settings that exporters have in common (exporterhelper v0.152.0). */
const common = ['sending_queue', 'retry_on_failure', 'timeout'];

/**
 * Puts OTLP to a place of the same name where exporters are that the contrib distribution has and
 * the bench's program lacks, as most vendors' own are. Their common settings stay.
 *
 * @returns a note for each
 */
export function replaceExporters(resources: Resource[]): string[] {
  const configs = resources.flatMap(configsOf);
  const own = configs.map((config) => ({ ...config, ids: Object.keys(exportersOf(config)) }));
  const replaced = new Set(own.flatMap(({ ids }) => ids.filter(isLacking)));
  if (replaced.size === 0) return [];
  const edits = own.flatMap((config) => editsOf(config, replaced));
  applyEdits(resources, edits);
  return [...replaced].map(
    (id) =>
      `exporter "${id}" is replaced by OTLP to ${hostOf(id)}: the program that runs here lacks it, and what it would make of the data is not looked at`,
  );
}

/** The id, as it is written, of an exporter in whose place this one was put. */
export function standsFor({ id, type, config }: Component): string | undefined {
  const isReplaced = type === 'otlp_http' && text(config.endpoint)?.endsWith(`${domain}:${port}`);
  return isReplaced ? id.replace(/^otlp_http\//, '') : undefined;
}

/** For whoever wants no exporter replaced: each that was. */
export const replacedIn = ({ tiers }: Pick<Pipeline, 'tiers'>): Problem[] =>
  tiers.flatMap(({ name, components }) =>
    components.flatMap((component): Problem[] => {
      const id = standsFor(component);
      if (id === undefined) return [];
      const message = `exporter "${id}" of tier "${name}" is not in the program that would run it`;
      return [
        { place: component.place, message, hint: 'without --strict OTLP is put in its place' },
      ];
    }),
  );

const understood: ReadonlySet<string> = new Set(
  [...hopTypes, ...sinks, 'otlp'].map((type) => moduleOf(type)),
);

/** By the type in an id: `splunk_hec/eu` is splunkhec. */
function moduleOf(id: string): string {
  return (id.split('/')[0] ?? id).replaceAll('_', '');
}

const isLacking = (id: string): boolean =>
  !understood.has(moduleOf(id)) && distributions.contrib.exporters.includes(moduleOf(id));

const hostOf = (id: string): string => `${id.replaceAll(/[^A-Za-z0-9-]/g, '-')}${domain}`;
const standIn = (id: string): string => `otlp_http/${id}`;

interface Config {
  readonly resource: Resource;
  /** The path that leads to it, as edits are written. */
  readonly path: string;
  readonly value: Plain;
}

const exportersOf = ({ value }: Config): Plain => object(value.exporters);

/** What of a resource may be a collector's configuration, or a part of one. */
function configsOf(resource: Resource): Config[] {
  const { kind, value } = resource;
  if (kind === 'OpenTelemetryCollector') {
    return [{ resource, path: 'spec.config', value: object(at(value, 'spec', 'config')) }];
  }
  const below = { ConfigMap: 'data', Secret: 'stringData' }[kind];
  if (below === undefined) return [];
  return Object.entries(object(value[below])).flatMap(([key, written]) => {
    if (typeof written !== 'string' || !/^(exporters|service):/m.test(written)) return [];
    const { documents, problems } = parseYaml('', written);
    if (problems.length > 0 || documents.length !== 1) return [];
    const path = `${below}["${key}"]`;
    return [{ resource, path, value: object(documents[0]?.value) }];
  });
}

function editsOf(config: Config, replaced: ReadonlySet<string>): ResourceEdit[] {
  const { path, value } = config;
  const resource = `${config.resource.kind}/${config.resource.name}`;
  const edit = (at: string, to: unknown): ResourceEdit => {
    return { resource, path: `${path}.${at}`, value: to, origin: 'the bench' };
  };
  const exporters = Object.entries(exportersOf(config)).flatMap(([id, settings]) =>
    replaced.has(id)
      ? [
          edit(`exporters["${id}"]`, null),
          edit(`exporters["${standIn(id)}"]`, otlpFor(id, settings)),
        ]
      : [],
  );
  const pipelines = Object.entries(object(at(value, 'service', 'pipelines'))).flatMap(
    ([name, pipeline]) => {
      const ids = object(pipeline).exporters;
      if (!Array.isArray(ids) || !ids.some((id) => replaced.has(String(id)))) return [];
      const named = ids.map((id) => (replaced.has(String(id)) ? standIn(String(id)) : id));
      return [edit(`service.pipelines["${name}"].exporters`, named)];
    },
  );
  return [...exporters, ...pipelines];
}

function otlpFor(id: string, settings: unknown): Plain {
  const kept = Object.entries(object(settings)).filter(([key]) => common.includes(key));
  return { endpoint: `http://${hostOf(id)}:${port}`, ...Object.fromEntries(kept) };
}
