import type { Attributes } from '../../evidence/types.ts';
import type { OtlpValue } from '../../lib/otlp/decode.ts';
import { list, object, text, texts } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';
import type { PlannedPod } from '../../plan/types.ts';

/** Attributes after the pipeline's declared edits; nothing can be said of `uncertain` keys. */
export interface Edited {
  readonly attributes: Attributes;
  readonly uncertain: ReadonlySet<string>;
}

/** What the edit of a resource may need to know beside its attributes. */
export interface PodFacts {
  readonly pod: PlannedPod | undefined;
  readonly nodeName: string;
}

/** Runs the `attributes` processors' actions over an item's own attributes. */
export function editAttributes(own: Attributes, processors: readonly Component[]): Edited {
  return processors
    .filter((component) => component.type === 'attributes')
    .reduce<Edited>(runActions, { attributes: own, uncertain: new Set() });
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

/** insert, update, upsert, delete (attraction.go); other actions make their key uncertain. */
function runActions(edited: Edited, component: Component, key: unknown = 'actions'): Edited {
  const attributes: Record<string, OtlpValue> = { ...edited.attributes };
  const uncertain = new Set(edited.uncertain);
  const selective =
    component.config.include !== undefined || component.config.exclude !== undefined;
  const name = key === 'attributes' ? 'attributes' : 'actions';
  for (const written of list(component.config[name]).map(object)) {
    const target = text(written.key) ?? '';
    const action = text(written.action) ?? '';
    if (written.pattern !== undefined || selective) {
      const pattern = new RegExp(text(written.pattern) ?? `^${quote(target)}$`);
      for (const known of Object.keys(attributes)) if (pattern.test(known)) uncertain.add(known);
      uncertain.add(target);
      continue;
    }
    const from = text(written.from_attribute);
    const value = (from === undefined ? written.value : attributes[from]) as OtlpValue | undefined;
    if (!isModelled(action, written) || uncertain.has(from ?? '')) uncertain.add(target);
    else if (action === 'delete') delete attributes[target];
    else if (value !== undefined) {
      const exists = target in attributes;
      if (action === 'upsert' || (action === 'insert' ? !exists : exists))
        attributes[target] = value;
    }
  }
  return { attributes, uncertain };
}

const isModelled = (action: string, written: Readonly<Record<string, unknown>>): boolean =>
  ['insert', 'update', 'upsert', 'delete'].includes(action) && written.from_context === undefined;

const quote = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Metadata that `k8s_attributes` extracts when its config names none (config.go, v0.152.0). */
const defaultMetadata = [
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s.pod.start_time',
  'k8s.deployment.name',
  'k8s.node.name',
];

/**
 * The pod's own metadata is what the author was promised, however the processor finds the pod: a
 * wrong association shows as a difference. Values that stand there already are kept.
 */
function enrich(edited: Edited, component: Component, { pod, nodeName }: PodFacts): Edited {
  const extract = object(component.config.extract);
  const uncertain = new Set(edited.uncertain);
  const attributes: Record<string, OtlpValue> = { ...edited.attributes };
  const set = (key: string, value: string | undefined): void => {
    if (value === undefined) uncertain.add(key);
    else if (!attributes[key]) attributes[key] = value;
  };
  const known: Readonly<Record<string, string | undefined>> = {
    'k8s.namespace.name': pod?.namespace,
    'k8s.pod.name': pod?.name,
    'k8s.pod.uid': pod?.uid,
    'k8s.deployment.name': pod?.deployment,
    'k8s.replicaset.name': pod?.replicaSet,
    'k8s.node.name': nodeName,
  };
  const metadata = extract.metadata === undefined ? defaultMetadata : texts(extract.metadata);
  for (const key of metadata) set(key, known[key]);
  for (const label of list(extract.labels).map(object)) {
    const key = text(label.key);
    const tag = text(label.tag_name) ?? `k8s.pod.labels.${key}`;
    set(
      tag,
      key !== undefined && (text(label.from) ?? 'pod') === 'pod' ? pod?.labels[key] : undefined,
    );
  }
  for (const annotation of list(extract.annotations).map(object)) {
    uncertain.add(text(annotation.tag_name) ?? `k8s.pod.annotations.${text(annotation.key)}`);
  }
  return { attributes, uncertain };
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
