import { createHash } from 'node:crypto';
import { type DraftMap, differing, put, remove } from '../../collector/draft.ts';
import type { Attributes } from '../../evidence/types.ts';
import { hasExpansion, isExpanded } from '../../lib/expansion.ts';
import { goRegExp } from '../../lib/go-regexp.ts';
import type { OtlpValue } from '../../lib/otlp/decode.ts';
import { list, object, type Plain, text } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';

/**
 * Runs a list of actions over attributes (attraction.go, v0.152.0); what is not modelled makes keys
 * uncertain.
 */
export function runActions(
  map: DraftMap,
  { config }: Component,
  listKey: 'actions' | 'attributes',
): void {
  const selective = config.include != null || config.exclude != null;
  for (const written of list(config[listKey]).map(object)) {
    if (selective) {
      for (const key of reachOf(written, Object.keys(map.values))) map.uncertain.add(key);
    } else runAction(map, written);
  }
}

const actionOf = (written: Plain): string => (text(written.action) ?? '').toLowerCase();

function runAction(map: DraftMap, written: Plain): void {
  const { values, uncertain } = map;
  const target = text(written.key) ?? '';
  switch (actionOf(written)) {
    case 'insert':
    case 'update':
    case 'upsert':
      putSource(map, written);
      return;
    case 'delete':
      removeNamed(map, written);
      return;
    case 'extract':
      // Only texts are looked into; what the groups match is not modelled.
      if (uncertain.has(target) || typeof values[target] === 'string') {
        for (const key of reachOf(written, [])) uncertain.add(key);
      }
      return;
    case 'hash':
      hash(map, written);
      return;
    default:
      // `convert` changes what is there.
      for (const key of reachOf(written, Object.keys(values))) {
        if (Object.hasOwn(values, key)) uncertain.add(key);
      }
  }
}

/** The key's own value first, then that of each key which the pattern matches: maybe of both. */
function hash({ values, uncertain }: DraftMap, written: Plain): void {
  for (const key of reachOf(written, Object.keys(values))) {
    const value = values[key];
    if (value === undefined || uncertain.has(key)) continue;
    const hashed = hashedValue(value);
    if (hashed === undefined || isExpanded(text(written.pattern) ?? '')) uncertain.add(key);
    else values[key] = hashed;
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
function putSource(map: DraftMap, written: Plain): void {
  const { values, uncertain } = map;
  const target = text(written.key) ?? '';
  const action = actionOf(written);
  const value = sourceOf(written, values, uncertain);
  if (value === undefined) return;
  const exists = Object.hasOwn(values, target);
  if (action !== 'upsert' && (uncertain.has(target) || exists !== (action === 'update'))) return;
  if (value === unknownValue) uncertain.add(target);
  else put(map, target, value);
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

function removeNamed(map: DraftMap, written: Plain): void {
  const target = text(written.key);
  const pattern = text(written.pattern);
  if (target !== undefined) remove(map, target);
  if (pattern === undefined) return;
  const regex = isExpanded(pattern) ? undefined : goRegExp(pattern);
  for (const key of [...Object.keys(map.values), ...map.uncertain]) {
    if (!regex) map.uncertain.add(key);
    else if (regex.test(key)) remove(map, key);
  }
}

/** The keys that actions in this list may touch; undefined where that can be any. */
export function reachOfActions(
  { config }: Component,
  listKey: 'actions' | 'attributes',
): readonly string[] | undefined {
  const actions = list(config[listKey]).map(object);
  if (actions.some((action) => action.pattern != null && actionOf(action) !== 'extract')) {
    return undefined;
  }
  return actions.flatMap((action) => reachOf(action, []));
}

/** The keys in which two sets of attributes differ, but for those of which nothing can be said. */
export const differingKeys = (expected: DraftMap, seen: Attributes): string[] =>
  differing(expected.values, seen).filter((key) => !expected.uncertain.has(key));
