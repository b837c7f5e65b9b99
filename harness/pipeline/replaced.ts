import type { Problem } from '../lib/errors.ts';
import { writtenType } from './components.ts';
import { type Config, configsOf, editResource, movedFrom } from './configs.ts';
import { distributions, gone, ofOthers } from './distributions.ts';
import type { ResourceEdit } from './edits.ts';
import { hopTypes } from './endpoint.ts';
import { at, object, type Plain, text, texts } from './read.ts';
import { sinks } from './sinks.ts';
import type { Component, Pipeline, Resource } from './types.ts';

/** Nobody's, for ever (RFC 2606). */
const domain = '.replaced.invalid';
const port = 4318;
/** Settings that exporters have in common (exporterhelper v0.152.0). */
const common = ['sending_queue', 'retry_on_failure', 'timeout'];

/**
 * Puts OTLP to a place of the same name where exporters are that the contrib distribution has, or
 * had, and the bench's program lacks, as most vendors' own are. Their common settings stay. What
 * was called `logging` is `debug` now.
 *
 * @returns a note for each that a pipeline names
 */
export function replaceExporters(resources: Resource[]): string[] {
  const configs = resources.flatMap(configsOf);
  const declared = configs.flatMap((own) => Object.keys(exportersOf(own)));
  const replaced = new Set(declared.filter(isLacking));
  if (replaced.size === 0) return [];
  // One that no pipeline names must not be there either, but nothing gets there.
  const used = new Set(configs.flatMap(usedIn));
  for (const resource of [...resources]) {
    const edits = configsOf(resource).flatMap((config) => editsOf(config, replaced));
    editResource(resources, resource, edits);
  }
  return [...replaced].flatMap((id) => (used.has(id) ? noteOf(id) : []));
}

function noteOf(id: string): string {
  if (isLogging(id)) {
    return `exporter "${id}" is replaced by debug, as it is called since collector 0.86: the program that runs here lacks the old name`;
  }
  const why = isOfKafka(id)
    ? 'no broker of Kafka stands here'
    : 'the program that runs here lacks it';
  return `exporter "${id}" is replaced by OTLP to ${hostOf(id)}: ${why}, and what it would make of the data is not looked at`;
}

/** Ids of exporters that the pipelines of a configuration name. */
const usedIn = ({ value }: Config): string[] =>
  Object.values(object(at(value, 'service', 'pipelines'))).flatMap((pipeline) =>
    texts(object(pipeline).exporters),
  );

/** The program has it, and nothing would take what it sends. */
const isOfKafka = (id: string): boolean => moduleOf(id) === 'kafka';

const isLogging = (id: string): boolean => moduleOf(id) === 'logging';
const asDebug = 'debug/in-place-of-';

/** The id, as it is written, of an exporter in whose place this one was put. */
export function standsFor({ id, type, config }: Component): string | undefined {
  if (id.startsWith(asDebug)) return id.slice(asDebug.length);
  const isReplaced = type === 'otlp_http' && text(config.endpoint)?.endsWith(`${domain}:${port}`);
  return isReplaced ? id.replace(/^otlp_http\//, '') : undefined;
}

/** For whoever wants no exporter replaced: each that was. */
export const replacedIn = ({ tiers }: Pick<Pipeline, 'tiers'>): Problem[] =>
  tiers.flatMap(({ name, components }) =>
    components.flatMap((component): Problem[] => {
      const id = standsFor(component);
      if (id === undefined) return [];
      const why = isOfKafka(id) ? 'has no broker' : 'is not in the program that would run it';
      const message = `exporter "${id}" of tier "${name}" ${why}`;
      return [
        { place: component.place, message, hint: 'without --strict another is put in its place' },
      ];
    }),
  );

const understood: ReadonlySet<string> = new Set(
  [...hopTypes, ...sinks, 'otlp'].map((type) => moduleOf(type)),
);

/** By the type in an id: `splunk_hec/eu` is splunkhec. */
function moduleOf(id: string): string {
  return writtenType(id).replaceAll('_', '');
}

const isLacking = (id: string): boolean =>
  isLogging(id) ||
  (!understood.has(moduleOf(id)) &&
    [...distributions.contrib.exporters, ...gone.exporters, ...ofOthers.exporters].includes(
      moduleOf(id),
    ));

const hostOf = (id: string): string => `${id.replaceAll(/[^A-Za-z0-9-]/g, '-')}${domain}`;
const standIn = (id: string): string => (isLogging(id) ? `${asDebug}${id}` : `otlp_http/${id}`);

const exportersOf = ({ value }: Config): Plain => object(value.exporters);

function editsOf(config: Config, replaced: ReadonlySet<string>): ResourceEdit[] {
  const { value, edit } = config;
  const exporters = Object.entries(exportersOf(config)).flatMap(([id, settings]) =>
    replaced.has(id)
      ? [
          edit(`exporters["${id}"]`, null),
          edit(`exporters["${standIn(id)}"]`, settingsFor(id, settings), (below) => ({
            path: ['exporters', id, ...below],
            isMade: below.length > 0 && !common.includes(String(below[0])),
          })),
        ]
      : [],
  );
  const pipelines = Object.entries(object(at(value, 'service', 'pipelines'))).flatMap(
    ([name, pipeline]) => {
      const ids = object(pipeline).exporters;
      if (!Array.isArray(ids) || !ids.some((id) => replaced.has(String(id)))) return [];
      const named = ids.map((id) => (replaced.has(String(id)) ? standIn(String(id)) : id));
      const own = ['service', 'pipelines', name, 'exporters'];
      return [edit(`service.pipelines["${name}"].exporters`, named, movedFrom(...own))];
    },
  );
  return [...exporters, ...pipelines];
}

/** What the stand-in is set to. */
function settingsFor(id: string, settings: unknown): Plain {
  if (isLogging(id)) return {};
  const kept = Object.entries(object(settings)).filter(([key]) => common.includes(key));
  return { endpoint: `http://${hostOf(id)}:${port}`, ...Object.fromEntries(kept) };
}
