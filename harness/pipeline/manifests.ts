import { type Place, type Problem, throwProblems } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { type LocatedDocument, parseYaml } from '../lib/yaml.ts';
import type { Resource } from './types.ts';

export interface ManifestFile {
  readonly path: string;
  readonly text: string;
}

/** One edit of the pipeline: `resource` is `Kind/name`, `path` is dotted, see `parsePath`. */
export interface ResourceEdit {
  readonly resource: string;
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads every resource of a pipeline's folder and applies the edits.
 *
 * @throws UserError naming every mistake with its place.
 */
export function readResources(
  files: readonly ManifestFile[],
  edits: readonly ResourceEdit[],
): Resource[] {
  const problems: Problem[] = [];
  const resources: Resource[] = [];
  for (const file of files) {
    const parsed = parseYaml(file.path, file.text);
    problems.push(...parsed.problems);
    for (const document of parsed.documents) {
      for (const located of itemsOf(document)) {
        const resource = toResource(located);
        if ('message' in resource) problems.push(resource);
        else resources.push(resource);
      }
    }
  }
  const seen = new Map<string, Resource>();
  for (const resource of resources) {
    const key = `${resource.kind}/${resource.namespace}/${resource.name}`;
    const earlier = seen.get(key);
    if (earlier) {
      const { file, line } = earlier.place([]);
      problems.push({
        place: resource.place([]),
        message: `${resource.kind} "${resource.name}" is declared twice; first at ${file}:${line}`,
      });
    }
    seen.set(key, resource);
  }
  for (const edit of edits) problems.push(...applyEdit(resources, edit));
  throwProblems(problems);
  return resources;
}

interface Item {
  readonly value: unknown;
  readonly place: (path: readonly PropertyKey[]) => Place;
}

/** A `kind: List` counts as its items. */
function itemsOf(document: LocatedDocument): Item[] {
  const { value } = document;
  if (isObject(value) && value.kind === 'List' && Array.isArray(value.items)) {
    return value.items.map((item, i) => ({
      value: item,
      place: (path) => document.place(['items', i, ...path]),
    }));
  }
  return [{ value, place: document.place }];
}

function toResource(item: Item): Resource | Problem {
  const { value, place } = item;
  if (!isObject(value)) return { place: place([]), message: 'expected a Kubernetes resource' };
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    return { place: place([]), message: 'expected a Kubernetes resource with apiVersion and kind' };
  }
  if (typeof metadata.name !== 'string') {
    return { place: place(['metadata']), message: `this ${kind} has no metadata.name` };
  }
  const namespace = typeof metadata.namespace === 'string' ? metadata.namespace : 'default';
  return { apiVersion, kind, name: metadata.name, namespace, value, place };
}

/**
 * Splits a dotted path. `[0]` picks by index, `[name]` picks the list item of that name, and
 * `["a.b"]` quotes a key with dots: `processors.tail_sampling.policies[sample-normal].type`.
 */
export function parsePath(path: string): string[] {
  const steps: string[] = [];
  for (const [, plain, quoted, bracketed] of path.matchAll(
    /([^.[\]]+)|\["([^"]*)"\]|\[([^\]"]+)\]/g,
  )) {
    steps.push(plain ?? quoted ?? bracketed ?? '');
  }
  return steps;
}

function applyEdit(resources: readonly Resource[], edit: ResourceEdit): Problem[] {
  const place = placeOfOrigin(edit.origin);
  const name = (resource: Resource) => `${resource.kind}/${resource.name}`;
  const resource = resources.find((candidate) => name(candidate) === edit.resource);
  if (!resource) {
    const known = resources.map(name);
    const hint = didYouMean(edit.resource, known);
    const message = `the pipeline has no resource "${edit.resource}"`;
    return [{ place, message, known, ...(hint ? { hint } : {}) }];
  }
  const steps = parsePath(edit.path);
  let parent: unknown = resource.value;
  for (const [i, step] of steps.entries()) {
    const last = i === steps.length - 1;
    const key = keyIn(parent, step);
    if (key === undefined || (!last && childOf(parent, key) === undefined)) {
      const known = Object.keys(isObject(parent) || Array.isArray(parent) ? parent : {});
      const hint = didYouMean(step, known);
      const message = `${edit.resource} has no ${steps.slice(0, i + 1).join('.')}`;
      return [{ place, message, known, ...(hint ? { hint } : {}) }];
    }
    if (last) setChild(parent, key, edit.value);
    else parent = childOf(parent, key);
  }
  return [];
}

function placeOfOrigin(origin: string): Place {
  const match = /^(.*):(\d+):(\d+)$/.exec(origin);
  if (!match) return { file: origin, line: 1, column: 1 };
  return { file: match[1] ?? origin, line: Number(match[2]), column: Number(match[3]) };
}

/** The key or index that a step means in its parent; undefined where there can be none. */
function keyIn(parent: unknown, step: string): string | number | undefined {
  if (Array.isArray(parent)) {
    if (/^\d+$/.test(step)) return Number(step) <= parent.length ? Number(step) : undefined;
    const index = parent.findIndex((item) => isObject(item) && item.name === step);
    return index < 0 ? undefined : index;
  }
  return isObject(parent) ? step : undefined;
}

function childOf(parent: unknown, key: string | number): unknown {
  if (Array.isArray(parent)) return parent[Number(key)];
  return isObject(parent) ? parent[key] : undefined;
}

/** Sets a value; `null` takes the key away. */
function setChild(parent: unknown, key: string | number, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else if (isObject(parent)) {
    if (value === null) delete parent[key];
    else parent[key] = value;
  }
}
