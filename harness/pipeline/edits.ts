import { stringify } from 'yaml';
import type { Place, Problem } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { nearest } from './read.ts';
import type { Resource } from './types.ts';

/** One edit of the pipeline: `resource` is `Kind/name`, `path` is dotted, see `parsePath`. */
export interface ResourceEdit {
  readonly resource: string;
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
  /**
   * Where that stood before which it puts at a path below its own: of an edit that moves what is
   * written, or keeps it.
   */
  readonly stood?: (below: readonly PropertyKey[]) => Stood;
}

/** A path before an edit; what is made stands nowhere, and is said to be set by the edit. */
export interface Stood {
  readonly path: readonly PropertyKey[];
  readonly isMade?: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Splits a dotted path. `[0]` picks by index, `[name]` picks the list item of that name, and
 * `["a.b"]` quotes a key with dots: `processors.tail_sampling.policies[sample-normal].type`.
 * In a ConfigMap it leads on into a text that is YAML: `data["config.yaml"].exporters.otlp`. Empty
 * for a text that is no path.
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
    const done = setAt(resource.value, steps, edit.value, textsOf[resource.kind]);
    if ('message' in done) {
      return [{ ...done, place, message: `${edit.resource} ${done.message}` }];
    }
    const before = (path: readonly PropertyKey[]): Stood => stoodBefore(path, done.path, edit);
    resources[index] = {
      ...resource,
      place: (path) => {
        const { path: own, isMade } = before(path);
        const found = resource.place(own);
        return isMade ? { ...found, setBy: edit.origin } : found;
      },
      stood: (path) => {
        const { path: own } = before(path);
        return resource.stood?.(own) ?? own;
      },
      ...(done.text ? { written: new Map([done.text, ...(resource.written ?? [])]) } : {}),
    };
    return [];
  });
}

/** Where a path stood before an edit that has set something at or above it. */
function stoodBefore(
  path: readonly PropertyKey[],
  set: readonly PropertyKey[],
  { stood }: ResourceEdit,
): Stood {
  const isBelow = set.every((step, i) => String(step) === String(path[i]));
  if (!isBelow) return { path };
  return stood?.(path.slice(set.length)) ?? { path, isMade: true };
}

type Mistake = Omit<Problem, 'place'>;

/** What was set: its path and, where it is in a text, that text's key and how it was before. */
interface Done {
  readonly path: PropertyKey[];
  readonly text?: readonly [key: string, before: string];
}

/** Below which of its keys a resource has texts that are files. */
const textsOf: Readonly<Record<string, string>> = { ConfigMap: 'data', Secret: 'stringData' };

/**
 * Sets a value below a resource; the path found has indices where names were written.
 *
 * @param texts below which key its texts may be gone into
 * @param above the path that leads to the root
 */
function setAt(
  root: unknown,
  steps: readonly string[],
  value: unknown,
  texts?: string,
  above: readonly (string | number)[] = [],
): Done | Mistake {
  let parent = root;
  const path = [...above];
  for (const [i, step] of steps.entries()) {
    const isLast = i === steps.length - 1;
    const key = keyIn(parent, step);
    if (key === undefined || (!isLast && childOf(parent, key) === undefined)) {
      return missing(parent, path, step, isLast);
    }
    path.push(key);
    const child = childOf(parent, key);
    if (!isLast && i === 1 && path[0] === texts && typeof child === 'string') {
      return setInText(parent, key, child, { path, steps: steps.slice(2), value });
    }
    if (isLast) setChild(parent, key, value);
    else parent = child;
  }
  return { path };
}

/** Sets a value in a text that is YAML, which is written anew. */
function setInText(
  parent: unknown,
  key: string | number,
  text: string,
  { path, steps, value }: { path: (string | number)[]; steps: readonly string[]; value: unknown },
): Done | Mistake {
  const { documents, problems } = parseYaml('', text);
  const [document] = documents;
  if (problems.length > 0 || documents.length !== 1 || !isObject(document?.value)) {
    const message = `has a text at ${path.join('.')} that is no mapping of YAML`;
    return { message, hint: 'set the whole of it' };
  }
  const done = setAt(document.value, steps, value, undefined, path);
  if ('message' in done) return done;
  setChild(parent, key, stringify(document.value));
  return { ...done, text: [String(key), text] };
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
