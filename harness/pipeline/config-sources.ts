import { cleanPath } from '../lib/clean-path.ts';
import type { Place, Problem } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import type { PodReader } from './contents.ts';
import { list, object, type Plain } from './read.ts';
import type { Mount, Workload } from './types.ts';
import { mountedFiles } from './volumes.ts';

/** A word of the command line, and where it stands. */
export interface Word {
  readonly text: string;
  readonly place: Place;
}

/** One URI of a configuration, in the order in which the collector merges them. */
interface Location {
  readonly scheme: string;
  /** What stands behind the scheme: a path, the name of a variable, YAML. */
  readonly value: string;
  readonly place: Place;
}

/** What a collector is configured with. */
export interface CollectorConfig {
  /** Undefined where a part of it was not found, or can't be read. */
  readonly config: Plain | undefined;
  /** Where something of it stands. */
  readonly place: (path: readonly PropertyKey[]) => Place;
  /** What `--set` finds it by, where it is one text of a ConfigMap or Secret. */
  readonly settable: string | undefined;
  /**
   * Where the collector looks for what was not found; undefined where it is told no place. Empty
   * where nothing is missing, or that is told already.
   */
  readonly sought: string | undefined;
}

interface Part {
  readonly config: Plain;
  readonly place: (path: readonly PropertyKey[]) => Place;
  readonly settable?: string | undefined;
}

/**
 * What the command line makes of files, variables and texts: each merged into those before it,
 * `--set` last (otelcol v0.152.0, flags.go; confmap v1.58.0, resolver.go).
 *
 * @param otherwise the file of whoever names none, if there is one
 */
export function readConfig(
  workload: Workload,
  words: readonly Word[],
  otherwise: string | undefined,
  pod: Plain,
  reader: PodReader,
): CollectorConfig {
  const usual = otherwise === undefined ? [] : [{ text: otherwise, place: workload.place }];
  const locations = locationsOf(words, usual);
  const none = { config: undefined, place: () => workload.place, settable: undefined };
  if (locations.length === 0) return { ...none, sought: undefined };
  const parts: Part[] = [];
  for (const location of locations) {
    const part = readPart(location, workload, pod, reader);
    if (part === 'absent' || part === 'broken') {
      return { ...none, sought: part === 'absent' ? cleanPath(location.value) : '' };
    }
    parts.push(part);
  }
  return {
    config: mergeConfigs(parts.map((part) => part.config)),
    place: (path) => placeIn(parts, path),
    settable: parts.length === 1 ? parts[0]?.settable : undefined,
    sought: '',
  };
}

/** What stands behind a flag of one or two dashes, each time that it is written. */
export const valuesOf = (flag: string, words: readonly Word[]): Word[] =>
  words.flatMap(({ text, place }, i): Word[] => {
    const [, name, , value] = /^--?([a-z]+)(=([\s\S]*))?$/.exec(text) ?? [];
    if (name !== flag) return [];
    const next = words[i + 1];
    return value === undefined ? (next ? [next] : []) : [{ text: value, place }];
  });

/** `--config` and `-config` with their URIs, then each `--set` as the YAML that it stands for. */
function locationsOf(words: readonly Word[], otherwise: readonly Word[]): Location[] {
  const named = valuesOf('config', words);
  const configs = (named.length > 0 ? named : otherwise).map(({ text, place }) => ({
    ...schemeOf(text),
    place,
  }));
  const sets = valuesOf('set', words).map(({ text, place }) => ({ ...setting(text), place }));
  return [...configs, ...sets];
}

/** A drive letter and a path without a scheme are files (resolver.go). */
function schemeOf(uri: string): Pick<Location, 'scheme' | 'value'> {
  const [, scheme, value = ''] = /^([A-Za-z][A-Za-z0-9+.-]+):([\s\S]*)$/.exec(uri) ?? [];
  return scheme === undefined ? { scheme: 'file', value: uri } : { scheme, value };
}

/** `processors.batch.timeout=2s` is `yaml:processors::batch::timeout: 2s` (flags.go). */
export function setting(written: string): Pick<Location, 'scheme' | 'value'> {
  const equals = written.indexOf('=');
  const key = written.slice(0, equals).trim().replaceAll('.', '::');
  return { scheme: 'yaml', value: `${key}: ${written.slice(equals + 1).trim()}` };
}

/** Text that is YAML as a configuration; its mistakes are told where the text stands. */
export function partOf(text: string, place: Place, problems: Problem[]): Part | undefined {
  const parsed = parseYaml('', text);
  problems.push(...parsed.problems.map(({ message }) => ({ place, message })));
  const [document] = parsed.documents;
  if (parsed.problems.length > 0) return undefined;
  return { config: unflattened(object(document?.value)), place: () => place };
}

function readPart(
  { scheme, value, place }: Location,
  workload: Workload,
  pod: Plain,
  reader: PodReader,
): Part | 'absent' | 'broken' {
  switch (scheme) {
    case 'file':
      // Cleaned as the provider does (confmap v1.58.0, provider/fileprovider).
      return readFilePart(cleanPath(value), workload, pod, reader);
    case 'yaml':
      return partOf(value, place, reader.problems) ?? 'broken';
    case 'env': {
      const variable = workload.environment.find(({ name }) => name === value.split(':-')[0]);
      if (variable && 'literal' in variable.value) {
        return partOf(variable.value.literal, place, reader.problems) ?? 'broken';
      }
      const message = `the configuration is in variable ${value}, which the container does not have`;
      reader.problems.push({ place, message });
      return 'broken';
    }
    default: {
      const message = `the configuration comes by ${scheme}, which can't be read before it runs`;
      const known = ['file', 'yaml', 'env'];
      reader.problems.push({ place, message, known, hint: 'put it into a ConfigMap' });
      return 'broken';
    }
  }
}

/** A key such as `processors::batch` leads two levels down (koanf, maps.Unflatten). */
function unflattened(config: Plain): Plain {
  const parts = Object.entries(config).map(([key, value]) =>
    key
      .split('::')
      .reverse()
      .reduce<unknown>((inner, step) => ({ [step]: inner }), value),
  );
  return mergeConfigs(parts.map(object));
}

/** Each merged into those before it: mappings deeply, all else replaced (koanf, maps.Merge). */
export const mergeConfigs = (configs: readonly Plain[]): Plain =>
  configs.reduce<Plain>((merged, config) => merge(merged, config), {});

const isMapping = (value: unknown): value is Plain => object(value) === value;

function merge(below: Plain, above: Plain): Plain {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const known = merged[key];
    merged[key] = isMapping(known) && isMapping(value) ? merge(known, value) : value;
  }
  return merged;
}

/** The last part that has a value wins; of what no part has, the one that has most of its path. */
function placeIn(parts: readonly Part[], path: readonly PropertyKey[]): Place {
  const depthIn = ({ config }: Part): number => {
    let value: unknown = config;
    for (const [depth, step] of path.entries()) {
      const next = Array.isArray(value) ? value[Number(step)] : object(value)[String(step)];
      if (next === undefined) return depth;
      value = next;
    }
    return path.length;
  };
  const [first, ...others] = parts;
  const best = others.reduce((a, b) => (a && depthIn(b) < depthIn(a) ? a : b), first);
  return (best as Part).place(path);
}

/** A file of the volumes that are mounted. */
function readFilePart(
  path: string,
  workload: Workload,
  pod: Plain,
  reader: PodReader,
): Part | 'absent' | 'broken' {
  for (const mount of workload.mounts) {
    const volume = workload.volumes.find((v) => v.name === mount.volume);
    if (!volume || !('files' in volume.source)) continue;
    const written = mountedFiles(mount, volume.source.files)[path];
    if (written === undefined) continue;
    const source = sourceOf(pod, mount, path, reader);
    const inside = source?.inside ?? (() => workload.place);
    const { documents, problems } = parseYaml(path, written);
    for (const { place, message } of problems) {
      reader.problems.push({ place: inside(place.line, place.column), message });
    }
    const [document] = documents;
    if (problems.length > 0 || !document) return 'broken';
    // An edit writes the text anew: lines are those of the file.
    const [original = document] = parseYaml(path, source?.written ?? written).documents;
    const place: Part['place'] = (at) => {
      const { line, column } = original.place(source?.stood(at) ?? at);
      const setBy = source?.setBy(at);
      return { ...inside(line, column), ...(setBy === undefined ? {} : { setBy }) };
    };
    return { config: unflattened(object(document.value)), place, settable: source?.settable };
  }
  return 'absent';
}

/** What a mounted text is of: a key of a ConfigMap or Secret. */
interface Source {
  /** Where a line of it stands. */
  readonly inside: (line: number, column: number) => Place;
  /** It as the file has it, where an edit has set something in it. */
  readonly written: string | undefined;
  /** Where that stood in it which is at a path now. */
  readonly stood: (path: readonly PropertyKey[]) => readonly PropertyKey[];
  /** What set the value at a path of it. */
  readonly setBy: (path: readonly PropertyKey[]) => string | undefined;
  readonly settable: string | undefined;
}

function sourceOf(pod: Plain, mount: Mount, path: string, reader: PodReader): Source | undefined {
  const written = object(list(pod.volumes).find((v) => object(v).name === mount.volume));
  const [kind, source] =
    written.configMap === undefined
      ? ['Secret', object(written.secret)]
      : ['ConfigMap', object(written.configMap)];
  const name = source.name ?? source.secretName;
  const resource = reader.resources.find(
    (r) => r.kind === kind && r.name === name && r.namespace === reader.namespace,
  );
  const isThere = (file: string): boolean =>
    Object.hasOwn(mountedFiles(mount, { [file]: '' }), path);
  const item = list(source.items).find((i) => isThere(String(object(i).path)));
  const { data, stringData } = resource?.value ?? {};
  const keys = Object.keys({ ...object(data), ...object(stringData) });
  const key = item === undefined ? (keys.find(isThere) ?? '') : String(object(item).key);
  const part = ['data', 'stringData'].find((p) => Object.hasOwn(object(resource?.value[p]), key));
  if (!resource || part === undefined) return undefined;
  const at = [part, key];
  // A Secret's data is no text that has lines; nor has what was set in place of the file's.
  const hasLines = (part === 'stringData' || kind === 'ConfigMap') && !resource.place(at).setBy;
  const isReached = kind === 'ConfigMap' || part === 'stringData';
  return {
    inside: (line, column) =>
      hasLines ? resource.placeInside(at, line, column) : resource.place(at),
    written: resource.written?.get(key),
    stood: (inside) => resource.stood?.([...at, ...inside]).slice(at.length) ?? inside,
    setBy: (inside) => resource.place([...at, ...inside]).setBy,
    settable: isReached ? `${kind}/${String(name)}:${part}["${key}"]` : undefined,
  };
}
