import type { Place, Problem } from '../lib/errors.ts';
import { nearest } from './read.ts';
import type { Resource } from './types.ts';

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
 * Splits a dotted path. `[0]` picks by index, `[name]` picks the list item of that name, and
 * `["a.b"]` quotes a key with dots: `processors.tail_sampling.policies[sample-normal].type`.
 * Empty for a text that is no path.
 */
export function parsePath(path: string): string[] {
  if (!isPath.test(path)) return [];
  return [...path.matchAll(/([^.[\]]+)|\["([^"]*)"\]|\[([^\]"]+)\]/g)].map(
    ([, plain, quoted, bracketed]) => plain ?? quoted ?? bracketed ?? '',
  );
}

const isPath = /^(?:[^.[\]]+|\["[^"]*"\]|\[[^\]"]+\])(?:\.[^.[\]]+|\["[^"]*"\]|\[[^\]"]+\])*$/;

/** What a resource is looked up by: it is read before the edits. */
const identity = ['kind', 'apiVersion', 'metadata', 'metadata.name', 'metadata.namespace'];

/**
 * Applies the edits in their order; resources of which something was set say so with its place.
 *
 * @returns the mistakes of the edits; such an edit changes nothing
 */
export function applyEdits(resources: Resource[], edits: readonly ResourceEdit[]): Problem[] {
  return edits.flatMap((edit): Problem[] => {
    const place = placeOfOrigin(edit.origin);
    const name = (resource: Resource) => `${resource.kind}/${resource.name}`;
    const index = resources.findIndex((candidate) => name(candidate) === edit.resource);
    const resource = resources[index];
    if (!resource) {
      const message = `the pipeline has no resource "${edit.resource}"`;
      return [{ place, message, ...nearest(edit.resource, resources.map(name)) }];
    }
    const steps = parsePath(edit.path);
    if (steps.length === 0) {
      const message = `"${edit.path}" is no path; expected steps such as spec.replicas or list[0].key`;
      return [{ place, message }];
    }
    if (identity.includes(steps.join('.'))) {
      const message = `${edit.path} of ${edit.resource} can't be set: the resource is found by it`;
      return [{ place, message, hint: 'change it in the file, in all that name it' }];
    }
    const done = setAt(resource.value, steps, edit.value);
    if ('message' in done) {
      return [{ ...done, place, message: `${edit.resource} ${done.message}` }];
    }
    resources[index] = { ...resource, place: markSet(resource.place, done.path, edit.origin) };
    return [];
  });
}

/** Places at or below a path tell who set what is there. */
function markSet(
  placeOf: Resource['place'],
  set: readonly PropertyKey[],
  setBy: string,
): Resource['place'] {
  return (path) => {
    const isBelow = set.every((step, i) => String(step) === String(path[i]));
    return isBelow ? { ...placeOf(path), setBy } : placeOf(path);
  };
}

type Mistake = Omit<Problem, 'place'>;

/** Sets a value below a resource; the path found has indices where names were written. */
function setAt(
  root: unknown,
  steps: readonly string[],
  value: unknown,
): { path: PropertyKey[] } | Mistake {
  let parent = root;
  const path: (string | number)[] = [];
  for (const [i, step] of steps.entries()) {
    const isLast = i === steps.length - 1;
    const key = keyIn(parent, step);
    if (key === undefined || (!isLast && childOf(parent, key) === undefined)) {
      return missing(parent, path, step, isLast);
    }
    path.push(key);
    if (isLast) setChild(parent, key, value);
    else parent = childOf(parent, key);
  }
  return { path };
}

function missing(
  parent: unknown,
  path: readonly (string | number)[],
  step: string,
  isLast: boolean,
): Mistake {
  const above = path.join('.');
  if (Array.isArray(parent)) {
    if (/^\d+$/.test(step)) {
      const message = `${above} has ${parent.length} entries, found [${step}]`;
      return { message, hint: `they count from 0; [${parent.length}] = ... adds one` };
    }
    const names = parent.flatMap((item) => (isObject(item) ? String(item.name ?? '') : ''));
    const known = names.filter((name) => name !== '');
    return { message: `${above} has no entry named "${step}"`, ...nearest(step, known) };
  }
  const known = Object.keys(isObject(parent) ? parent : {});
  // What is nothing yet may be meant as well: only a slip of the hand is taken for another key.
  const { hint = `set the whole of it: ${step}={...}` } = nearest(step, known, 2);
  const message = `has no ${[...path, step].join('.')}`;
  return { message, known, ...(isLast ? {} : { hint }) };
}

function placeOfOrigin(origin: string): Place {
  const match = /^(.*):(\d+):(\d+)$/.exec(origin);
  if (!match || origin.startsWith('--')) return { file: origin, line: 0, column: 0 };
  return { file: match[1] ?? origin, line: Number(match[2]), column: Number(match[3]) };
}

/** The key or index that a step means in its parent; undefined where there can be none. */
function keyIn(parent: unknown, step: string): string | number | undefined {
  if (Array.isArray(parent)) {
    if (/^\d+$/.test(step)) return Number(step) <= parent.length ? Number(step) : undefined;
    const index = parent.findIndex((item) => isObject(item) && item.name === step);
    return index < 0 ? undefined : index;
  }
  return isObject(parent) && step !== '__proto__' ? step : undefined;
}

function childOf(parent: unknown, key: string | number): unknown {
  if (Array.isArray(parent)) return parent[Number(key)];
  return isObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
}

/** Sets a value; `null` takes the key away. */
function setChild(parent: unknown, key: string | number, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else if (isObject(parent)) {
    if (value === null) delete parent[key];
    else parent[key] = value;
  }
}
