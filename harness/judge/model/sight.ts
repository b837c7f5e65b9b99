import type { Attributes } from '../../evidence/types.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import { editAttributes, editResource, resourceReach } from './edits.ts';
import type { Edited } from './enrichment.ts';
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
}

/** Edits of these that are not modelled reach resources only. */
const onResourcesOnly = new Set(['resourcedetection', 'resource_detection', 'k8s_attributes']);

/**
 * Applies the edits before a processor to what was planned. Attributes that are the same object
 * are edited once: a run has millions of items, but few different sets of attributes.
 */
export function createSight(
  { signal, before, all }: Surroundings,
  hasUnmodelledEdits: (component: Component, signal: Signal) => boolean,
): Sight {
  // Filters change a span's events at most, which no condition that is modelled looks at.
  const unmodelled = before.filter((c) => c.type !== 'filter' && hasUnmodelledEdits(c, signal));
  if (unmodelled.some((c) => !onResourcesOnly.has(c.type))) return () => undefined;
  const resourceUnknown = unmodelled.length > 0;
  const editsAttributes = before.some((c) => c.type === 'attributes');
  const editsResource = all.some((c) => c.type === 'resource' || c.type === 'k8s_attributes');
  const attributesOf = remember((own) => editAttributes(own, before));
  const reach = all.map(resourceReach);
  const touched = reach.includes(undefined) ? everything : new Set(reach.flatMap((r) => r ?? []));
  const resources = new WeakMap<object, (own: Attributes) => Edited>();
  const resourceOf = ({ resource, pod }: ItemFacts): Edited => {
    // Without the pod nobody can tell how far the resource has been edited already.
    if (!pod) return { attributes: resource, uncertain: touched };
    const podKey = pod.pod ?? noPod;
    const found = resources.get(podKey);
    if (found) return found(resource);
    const edit = remember((own) => editResource(own, before, pod));
    resources.set(podKey, edit);
    return edit(resource);
  };
  if (!editsAttributes && !editsResource && !resourceUnknown) return (facts) => facts;
  return (facts) => {
    const { name, kind, statusCode } = facts;
    const own = editsAttributes ? attributesOf(facts.attributes) : undefined;
    const resource = editsResource ? resourceOf(facts) : undefined;
    return {
      name,
      kind,
      statusCode,
      attributes: own?.attributes ?? facts.attributes,
      resource: resource?.attributes ?? facts.resource,
      uncertainAttributes: own?.uncertain ?? facts.uncertainAttributes ?? nothing,
      uncertainResource: resourceUnknown
        ? everything
        : (resource?.uncertain ?? facts.uncertainResource ?? nothing),
    };
  };
}

const nothing: ReadonlySet<string> = new Set();
const noPod = {};

/** A set that has every key. */
const everything: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });

function remember(edit: (own: Attributes) => Edited): (own: Attributes) => Edited {
  const known = new WeakMap<Attributes, Edited>();
  return (own) => {
    const found = known.get(own);
    if (found) return found;
    const edited = edit(own);
    known.set(own, edited);
    return edited;
  };
}
