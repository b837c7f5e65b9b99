import { detectorTypes } from '../../pipeline/detectors.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import { crosses, editItem, isEditor, resourceReach } from './edit-item.ts';
import type { ItemFacts } from './item-facts.ts';

/** What a processor finds of an item; undefined where nothing can be said of it. */
export type Sight = (facts: ItemFacts) => ItemFacts | undefined;

/** What stands around a processor on an item's way. */
export interface Surroundings {
  readonly signal: Signal;
  /** Processors that an item went through before. */
  readonly before: readonly Component[];
  /** Every processor of the path. */
  readonly all: readonly Component[];
  /** Exporters by which it came to this tier, none from the load; undefined where nobody knows. */
  readonly senders?: readonly Component[];
}

/** Edits of these that are not modelled reach resources only. */
const onResourcesOnly: ReadonlySet<string> = new Set([...detectorTypes, 'k8s_attributes']);

/**
 * Applies the edits before a processor to what was planned. Items of the same attributes and
 * resource are edited once: a run has millions of items, but few different sets of attributes.
 */
export function createSight(
  { signal, before, all }: Surroundings,
  hasUnmodelledEdits: (component: Component, signal: Signal) => boolean,
): Sight {
  // Filters change a span's events at most, which no condition that is modelled looks at.
  const unmodelled = before.filter((c) => c.type !== 'filter' && hasUnmodelledEdits(c, signal));
  if (unmodelled.some((c) => !onResourcesOnly.has(c.type))) return () => undefined;
  const editing = before.filter(isEditor);
  const reach = all.map(resourceReach);
  const touched = reach.includes(undefined) ? everything : new Set(reach.flatMap((r) => r ?? []));
  if (editing.length === 0 && touched !== everything && touched.size === 0) return (facts) => facts;
  const isByField = crosses(editing);
  const edit = (facts: ItemFacts): ItemFacts => {
    const { pod } = facts;
    // Without the pod nobody can tell how far the resource has been edited already.
    const own = pod ? facts : { ...facts, uncertainResource: touched };
    const edited = editItem(own, pod ? editing : editing.filter(isOfItem), { signal, pod });
    const isOpen = unmodelled.length > 0 || (!pod && touched === everything);
    return isOpen ? { ...edited, uncertainResource: everything } : edited;
  };
  const known = new WeakMap<object, WeakMap<object, Map<unknown, ItemFacts>>>();
  return (facts) => {
    const ofAttributes = within(known, facts.attributes, () => new WeakMap());
    const ofResource = within(ofAttributes, facts.resource, () => new Map());
    const { pod, name, kind, statusCode } = facts;
    const podKey = pod ? (pod.pod?.uid ?? 'unknown') : 'none';
    const key = isByField ? `${podKey} ${kind} ${statusCode} ${name}` : podKey;
    const edited = within(ofResource, key, () => edit(facts));
    return isByField ? edited : { ...edited, name, kind, statusCode };
  };
}

const isOfItem = ({ type }: Component): boolean =>
  !onResourcesOnly.has(type) && type !== 'resource';

function within<Key, Value>(
  known: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

/** A set that has every key. */
const everything: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });
