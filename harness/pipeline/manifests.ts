import type { Problem } from '../lib/errors.ts';
import { type LocatedDocument, parseYaml } from '../lib/yaml.ts';
import { bareNotes, isBareConfig, wrapBareConfig } from './bare-config.ts';
import { isCollectorPod, podNote, wrapPod } from './bare-pod.ts';
import { applyEdits, type ResourceEdit } from './edits.ts';
import { type Renamed, renameLater } from './later-names.ts';
import { type LeftOut, leaveOut } from './left-out.ts';
import { convertOldCollector } from './old-collector.ts';
import { dropArguments } from './older-arguments.ts';
import { listenAsBefore } from './older-listening.ts';
import { carryOver } from './older-settings.ts';
import { nearest } from './read.ts';
import { replaceExporters } from './replaced.ts';
import { onRunConfigs } from './run-configs.ts';
import type { Resource } from './types.ts';

export type { ResourceEdit } from './edits.ts';

export interface ManifestFile {
  readonly path: string;
  readonly text: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Manifests {
  readonly resources: readonly Resource[];
  /** What was taken out of them: it is not run. */
  readonly leftOut: readonly LeftOut[];
  readonly renamed: readonly Renamed[];
  /** Parts of the files that could not be read: what seems to be missing may stand there. */
  readonly unread: readonly Problem[];
  readonly problems: readonly Problem[];
  /** How some of them were taken. */
  readonly notes: readonly string[];
}

/** Reads every resource of a pipeline's folder and applies the edits. */
export function readResources(
  files: readonly ManifestFile[],
  edits: readonly ResourceEdit[],
): Manifests {
  const unread: Problem[] = [];
  const problems: Problem[] = [];
  const notes: string[] = [];
  const bare = new Set<Resource>();
  const resources: Resource[] = [];
  for (const file of files) {
    const parsed = parseYaml(file.path, file.text);
    unread.push(...parsed.problems);
    for (const document of parsed.documents) {
      // What a template rendered to nothing: kubectl passes over it.
      if (document.value === null) continue;
      for (const located of itemsOf(document)) {
        const read = toResource(located);
        if ('message' in read) {
          unread.push(read);
          continue;
        }
        if (isBareConfig(located.value)) {
          notes.push(...bareNotes(file.path, located.value));
          bare.add(read);
        }
        if (isCollectorPod(read)) notes.push(podNote(read.name));
        const given = isCollectorPod(read) ? wrapPod(read) : read;
        const { resource, note, problems: own } = convertOldCollector(given);
        unread.push(...own);
        if (note) notes.push(note);
        if (own.length === 0) resources.push(resource);
      }
    }
  }
  const seen = new Map<string, Resource>();
  for (const resource of resources) {
    const { kind, name, namespace, place } = resource;
    const key = `${kind}/${namespace}/${name}`;
    const earlier = seen.get(key);
    if (earlier) {
      const { file, line } = earlier.place([]);
      const message = `${kind} "${name}" is declared twice; first at ${file}:${line}`;
      const hint = [resource, earlier].every((one) => bare.has(one)) ? onlyBare : undefined;
      problems.push({ place: place([]), message, ...(hint ? { hint } : {}) });
    }
    seen.set(key, resource);
    unread.push(...misspeltKind(resource));
  }
  problems.push(...applyEdits(resources, edits));
  const run = onRunConfigs(resources, makeRun);
  notes.push(...run.notes);
  problems.push(...run.problems);
  const { leftOut, renamed } = run;
  return { resources, leftOut, renamed, unread, problems, notes };
}

/** Makes configurations such as the program knows, which is not the one they are written for. */
function makeRun(resources: Resource[]): Omit<Manifests, 'resources' | 'unread'> {
  const { problems, notes: carried } = carryOver(resources);
  const { renamed, notes: named } = renameLater(resources);
  const notes = [...named, ...carried, ...listenAsBefore(resources)];
  notes.push(...dropArguments(resources), ...replaceExporters(resources));
  const { leftOut, notes: left } = leaveOut(resources);
  return { problems, renamed, leftOut, notes: [...notes, ...left] };
}

const onlyBare =
  'a bare configuration is one gateway: wrap each of several in an OpenTelemetryCollector';

/** Kinds that the data's way hangs on; many others are known to a cluster. */
const ownKinds = [
  'OpenTelemetryCollector',
  'DaemonSet',
  'StatefulSet',
  'Deployment',
  'ConfigMap',
  'Secret',
  'Service',
  'ServiceAccount',
];

function misspeltKind({ kind, name, place }: Resource): Problem[] {
  const { known, hint } = nearest(kind, ownKinds, 2);
  if (!hint || ownKinds.includes(kind)) return [];
  const message = `kind "${kind}" of "${name}" is not known`;
  return [{ place: place(['kind']), message, known: known ?? [], hint }];
}

interface Item {
  readonly value: unknown;
  readonly place: Resource['place'];
  readonly placeInside: Resource['placeInside'];
}

/** A `kind: List` counts as its items. */
function itemsOf(document: LocatedDocument): Item[] {
  const { value } = document;
  if (isObject(value) && value.kind === 'List' && Array.isArray(value.items)) {
    return value.items.map((item, i) => ({
      value: item,
      place: (path) => document.place(['items', i, ...path]),
      placeInside: (path, ...inside) => document.placeInside(['items', i, ...path], ...inside),
    }));
  }
  const { place, placeInside } = document;
  return [{ value, place, placeInside }];
}

function toResource(item: Item): Resource | Problem {
  const { value, place, placeInside } = item;
  if (!isObject(value)) return { place: place([]), message: 'expected a Kubernetes resource' };
  if (isBareConfig(value)) return wrapBareConfig({ value, place, placeInside });
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    return { place: place([]), message: 'expected a Kubernetes resource with apiVersion and kind' };
  }
  if (typeof metadata.name !== 'string') {
    return { place: place(['metadata']), message: `this ${kind} has no metadata.name` };
  }
  const namespace = typeof metadata.namespace === 'string' ? metadata.namespace : 'default';
  return { apiVersion, kind, name: metadata.name, namespace, value, place, placeInside };
}
