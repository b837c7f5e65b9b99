import { createHash } from 'node:crypto';
import type { Attributes } from '../../evidence/types.ts';
import { hasExpansion, isExpanded } from '../../lib/expansion.ts';
import { goRegExp } from '../../lib/go-regexp.ts';
import type { OtlpValue } from '../../lib/otlp/decode.ts';
import { list, object, type Plain, text } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';
import { type Edited, enrich, type PodFacts } from './enrichment.ts';

/** Runs the `attributes` processors' actions over an item's own attributes. */
export function editAttributes(own: Attributes, processors: readonly Component[]): Edited {
  return processors
    .filter((component) => component.type === 'attributes')
    .reduce<Edited>((edited, component) => runActions(edited, component, 'actions'), {
      attributes: own,
      uncertain: new Set(),
    });
}

/** Runs `k8s_attributes` and `resource` over a resource's attributes. */
export function editResource(
  own: Attributes,
  processors: readonly Component[],
  pod: PodFacts,
): Edited {
  return processors.reduce<Edited>(
    (edited, component) => {
      if (component.type === 'resource') return runActions(edited, component, 'attributes');
      return component.type === 'k8s_attributes' ? enrich(edited, component, pod) : edited;
    },
    { attributes: own, uncertain: new Set() },
  );
}

/** Runs a list of actions (attraction.go, v0.152.0); what is not modelled makes keys uncertain. */
function runActions(
  edited: Edited,
  component: Component,
  listKey: 'actions' | 'attributes',
): Edited {
  const { config } = component;
  const after = { attributes: { ...edited.attributes }, uncertain: new Set(edited.uncertain) };
  const selective = config.include != null || config.exclude != null;
  for (const written of list(config[listKey]).map(object)) {
    if (selective) {
      for (const key of reachOf(written, Object.keys(after.attributes))) after.uncertain.add(key);
    } else runAction(after, written);
  }
  return after;
}

interface Editing {
  readonly attributes: Record<string, OtlpValue>;
  readonly uncertain: Set<string>;
}

const actionOf = (written: Plain): string => (text(written.action) ?? '').toLowerCase();

function runAction(edited: Editing, written: Plain): void {
  const { attributes, uncertain } = edited;
  const target = text(written.key) ?? '';
  switch (actionOf(written)) {
    case 'insert':
    case 'update':
    case 'upsert':
      put(edited, written);
      return;
    case 'delete':
      remove(edited, written);
      return;
    case 'extract':
      // Only texts are looked into; what the groups match is not modelled.
      if (uncertain.has(target) || typeof attributes[target] === 'string') {
        for (const key of reachOf(written, [])) uncertain.add(key);
      }
      return;
    case 'hash':
      hash(edited, written);
      return;
    default:
      // `convert` changes what is there.
      for (const key of reachOf(written, Object.keys(attributes))) {
        if (Object.hasOwn(attributes, key)) uncertain.add(key);
      }
  }
}

/** The key's own value first, then that of each key which the pattern matches: maybe of both. */
function hash({ attributes, uncertain }: Editing, written: Plain): void {
  for (const key of reachOf(written, Object.keys(attributes))) {
    const value = attributes[key];
    if (value === undefined || uncertain.has(key)) continue;
    const hashed = hashedValue(value);
    if (hashed === undefined || isExpanded(text(written.pattern) ?? '')) uncertain.add(key);
    else attributes[key] = hashed;
  }
}

/**
 * SHA-256 of a text's or a boolean's bytes in hexadecimal, nothing of a list or a map (hasher.go,
 * v0.152.0). Undefined for a number: an int's bytes are not a double's, and it is not known which.
 */
function hashedValue(value: OtlpValue): string | undefined {
  if (typeof value === 'number') return undefined;
  if (typeof value === 'object') return '';
  const bytes = typeof value === 'string' ? value : Buffer.from([value ? 1 : 0]);
  return createHash('sha256').update(bytes).digest('hex');
}

/** Every key that an action may touch, of those that there are and those that it makes. */
function reachOf(written: Plain, known: readonly string[]): string[] {
  const key = text(written.key);
  const pattern = text(written.pattern);
  const own = key === undefined ? [] : [key];
  if (pattern === undefined) return own;
  if (actionOf(written) === 'extract') {
    return [...pattern.matchAll(/\(\?P?<([^>]+)>/g)].flatMap(([, name]) => name ?? []);
  }
  return [...own, ...matching(pattern, known)];
}

/** The keys that a pattern matches; all of them where it can't be read. */
function matching(pattern: string, keys: readonly string[]): readonly string[] {
  const regex = isExpanded(pattern) ? undefined : goRegExp(pattern);
  return regex ? keys.filter((key) => regex.test(key)) : keys;
}

/** `insert`, `update` and `upsert` differ in whether the key has to be there. */
function put({ attributes, uncertain }: Editing, written: Plain): void {
  const target = text(written.key) ?? '';
  const action = actionOf(written);
  const value = sourceOf(written, attributes, uncertain);
  if (value === undefined) return;
  const exists = Object.hasOwn(attributes, target);
  if (action !== 'upsert' && (uncertain.has(target) || exists !== (action === 'update'))) return;
  if (value === unknownValue) uncertain.add(target);
  else {
    attributes[target] = value;
    uncertain.delete(target);
  }
}

const unknownValue = Symbol('unknown value');

/**
 * The value that is put: the config's, else another attribute's, else the default's. Undefined
 * where there is none, so that nothing is done (getSourceAttributeValue).
 */
function sourceOf(
  written: Plain,
  attributes: Attributes,
  uncertain: ReadonlySet<string>,
): OtlpValue | typeof unknownValue | undefined {
  const constant = (value: unknown): OtlpValue | typeof unknownValue | undefined => {
    if (value === undefined || value === null) return undefined;
    return hasExpansion(value) ? unknownValue : (value as OtlpValue);
  };
  const value = constant(written.value);
  if (value !== undefined) return value;
  // The context is the request's: who sent it, with what headers.
  if (text(written.from_context)) return unknownValue;
  const from = text(written.from_attribute);
  if (from && uncertain.has(from)) return unknownValue;
  if (from && Object.hasOwn(attributes, from)) return attributes[from];
  return constant(written.default_value);
}

function remove({ attributes, uncertain }: Editing, written: Plain): void {
  const target = text(written.key);
  const pattern = text(written.pattern);
  if (target !== undefined) {
    delete attributes[target];
    uncertain.delete(target);
  }
  if (pattern === undefined) return;
  const regex = isExpanded(pattern) ? undefined : goRegExp(pattern);
  for (const key of Object.keys(attributes)) {
    if (!regex) uncertain.add(key);
    else if (regex.test(key)) {
      delete attributes[key];
      uncertain.delete(key);
    }
  }
  for (const key of [...uncertain]) if (regex?.test(key)) uncertain.delete(key);
}

/** Every key that `editResource` may touch for a component; undefined where that can be any. */
export function resourceReach(component: Component): readonly string[] | undefined {
  if (component.type === 'resource') {
    const actions = list(component.config.attributes).map(object);
    if (actions.some((action) => action.pattern != null && actionOf(action) !== 'extract')) {
      return undefined;
    }
    return actions.flatMap((action) => reachOf(action, []));
  }
  if (component.type !== 'k8s_attributes') return [];
  const noPod = { pod: undefined, nodeName: '' };
  const none = { attributes: {}, uncertain: new Set<string>() };
  const { attributes, uncertain } = enrich(none, component, noPod);
  return [...Object.keys(attributes), ...uncertain];
}

/** The keys in which two sets of attributes differ, but for those of which nothing can be said. */
export function differingKeys(expected: Edited, seen: Attributes): string[] {
  const keys = new Set([...Object.keys(expected.attributes), ...Object.keys(seen)]);
  return [...keys].filter(
    (key) =>
      !expected.uncertain.has(key) &&
      JSON.stringify(expected.attributes[key]) !== JSON.stringify(seen[key]),
  );
}
