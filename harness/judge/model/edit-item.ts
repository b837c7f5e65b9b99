import { type Draft, draftOf, mapOf, mayEdit, put, remove } from '../../collector/draft.ts';
import type { OttlFacts } from '../../collector/ottl.ts';
import { detectorTypes } from '../../pipeline/detectors.ts';
import { list, texts } from '../../pipeline/read.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import { detect, detectedBy } from './detection.ts';
import { reachOfActions, runActions } from './edits.ts';
import { enrich, isModelledEnrichment, type PodFacts } from './enrichment.ts';
import { isModelledRedaction, redact } from './redaction.ts';
import { editSpan, isModelledSpanEdit } from './span-edits.ts';
import { readTransform, transform } from './transform.ts';

/** An item as it leaves some processors; of what is in one of its sets nothing can be said. */
export type EditedItem = Readonly<Draft>;

interface Around {
  readonly signal: Signal;
  /** Of which pod it is; undefined where that is not known. */
  readonly pod: PodFacts | undefined;
}

/** A processor that changes items and never drops one. */
interface Editor {
  edit(draft: Draft, component: Component, around: Around): void;
  /** Whether what it changes can be told, or which of its keys can't. */
  isModelled?(component: Component, signal: Signal): boolean;
  /** It looks at, or changes, more than attributes here and resource attributes there. */
  readonly crosses?: true;
}

/** Of what is sent by a pod that nobody knows. */
export const noPod: PodFacts = { pod: undefined, nodeName: '' };

const detection: Editor = { edit: detect, isModelled: (own) => detectedBy(own) !== undefined };

const editors: ReadonlyMap<string, Editor> = new Map<string, Editor>([
  ['attributes', { edit: (d, own) => runActions(mapOf(d, 'attributes'), own, 'actions') }],
  ['resource', { edit: (d, own) => runActions(mapOf(d, 'resource'), own, 'attributes') }],
  [
    'k8s_attributes',
    {
      edit: (draft, own, { pod = noPod }) => enrich(mapOf(draft, 'resource'), own, pod),
      isModelled: isModelledEnrichment,
    },
  ],
  [
    'transform',
    {
      edit: (draft, own, { signal }) => transform(draft, readTransform(own, signal) ?? []),
      isModelled: (own, signal) => readTransform(own, signal) !== undefined,
      crosses: true,
    },
  ],
  [
    'redaction',
    {
      edit: (draft, own, { signal }) => redact(draft, own, signal),
      isModelled: isModelledRedaction,
      crosses: true,
    },
  ],
  ['span', { edit: editSpan, isModelled: isModelledSpanEdit, crosses: true }],
  ['groupbyattrs', { edit: moveToResource, crosses: true }],
  ...[...detectorTypes].map((type) => [type, detection] as const),
]);

/** Moves own attributes to the resource (groupbyattrsprocessor v0.152.0, processor.go). */
function moveToResource(draft: Draft, { config }: Component): void {
  const [own, resource] = [mapOf(draft, 'attributes'), mapOf(draft, 'resource')];
  for (const key of texts(config.keys)) {
    if (own.uncertain.has(key)) {
      mayEdit(draft, (edited) => put(mapOf(edited, 'resource'), key, ''));
      own.uncertain.add(key);
    } else if (Object.hasOwn(own.values, key)) {
      put(resource, key, own.values[key] ?? null);
      remove(own, key);
    }
  }
}

/** Whether it only changes items, so that none is dropped. */
export const isEditor = ({ type }: Component): boolean => editors.has(type);

/** Whether an editor's changes are modelled, as far as anything can be said of them. */
export const isModelledEditor = (component: Component, signal: Signal): boolean =>
  editors.get(component.type)?.isModelled?.(component, signal) ?? true;

/** Whether attributes and resource can't be edited one without the other. */
export const crosses = (processors: readonly Component[]): boolean =>
  processors.some(({ type }) => editors.get(type)?.crosses);

/** Whether it may change what an item's name, status and other fields beside its attributes are. */
export const changesFields = ({ type, config }: Component): boolean =>
  type === 'span' || (type === 'transform' && list(config.trace_statements).length > 0);

/** Runs the edits of processors over an item, in their order. */
export function editItem(
  facts: OttlFacts,
  processors: readonly Component[],
  around: Around,
): EditedItem {
  const draft = draftOf(facts);
  for (const component of processors) {
    editors.get(component.type)?.edit(draft, component, around);
  }
  return draft;
}

/** Every key of a resource that a processor may touch; undefined where that can be any. */
export function resourceReach(component: Component): readonly string[] | undefined {
  const { type, config } = component;
  if (type === 'resource') return reachOfActions(component, 'attributes');
  if (type === 'groupbyattrs') return texts(config.keys);
  if (detectorTypes.has(type)) return [...(detectedBy(component)?.keys() ?? [])];
  if (type === 'redaction') return undefined;
  if (type === 'transform') return /resource/.test(JSON.stringify(config)) ? undefined : [];
  if (type !== 'k8s_attributes') return [];
  const map = { values: {}, uncertain: new Set<string>() };
  enrich(map, component, noPod);
  return [...Object.keys(map.values), ...map.uncertain];
}
