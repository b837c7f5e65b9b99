import type { DraftMap } from '../../collector/draft.ts';
import { podAssociations } from '../../pipeline/pod-associations.ts';
import { list, object, text, texts } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';
import type { PlannedPod } from '../../plan/types.ts';

/** What the edit of a resource may need to know beside its attributes. */
export interface PodFacts {
  readonly pod: PlannedPod | undefined;
  readonly nodeName: string;
  /** The pod's own IP address, where it is known. */
  readonly address?: string | undefined;
}

/**
 * Whether the keys of a resource that `k8s_attributes` edits can be told from its config, so that
 * `editResource` leaves no other key changed: labels found by pattern are named by what they match.
 */
export function isModelledEnrichment({ config }: Component): boolean {
  // It extracts nothing then, whatever is written.
  if (config.passthrough === true) return true;
  const extract = object(config.extract);
  const tags = [...list(extract.labels), ...list(extract.annotations)].map(object);
  return tags.every((tag) => tag.key_regex == null);
}

/** Metadata that `k8s_attributes` extracts when its config names none (config.go, v0.152.0). */
const defaultMetadata = [
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s.pod.start_time',
  'k8s.deployment.name',
  'k8s.node.name',
];

const addressKey = 'k8s.pod.ip';

/** What `k8s_attributes` may note of a pod, and the bench knows. */
export const podMetadata = ({ pod, nodeName, address }: PodFacts) => ({
  'k8s.namespace.name': pod?.namespace,
  'k8s.pod.name': pod?.name,
  'k8s.pod.uid': pod?.uid,
  [addressKey]: address,
  'k8s.deployment.name': pod?.deployment,
  'k8s.replicaset.name': pod?.replicaSet,
  'k8s.node.name': nodeName,
});

/**
 * What `k8s_attributes` makes of a resource. The pod's own metadata is what the author was
 * promised, however the processor finds the pod: a wrong association shows as a difference. Values
 * that stand there already are kept, but for empty ones (processor.go, setResourceAttribute).
 */
export function enrich(map: DraftMap, component: Component, facts: PodFacts): void {
  const { pod, address } = facts;
  const { values, uncertain } = map;
  const extract = object(component.config.extract);
  const set = (key: string, value: string | undefined): void => {
    if (value === undefined) uncertain.add(key);
    else if (!values[key]) values[key] = value;
  };
  if (component.config.passthrough === true) {
    // Without associations a resource that says `ip` is taken at its word.
    const own = 'ip' in values ? undefined : address;
    if (takesAddress(component, map)) set(addressKey, own);
    return;
  }
  const known: Readonly<Record<string, string | undefined>> = podMetadata(facts);
  const metadata = extract.metadata === undefined ? defaultMetadata : texts(extract.metadata);
  for (const key of metadata) set(key, known[key]);
  for (const kind of ['labels', 'annotations'] as const) {
    for (const tag of list(extract[kind]).map(object)) {
      const key = text(tag.key) ?? '';
      const marks = (text(tag.from) ?? 'pod') === 'pod' ? pod?.[kind] : undefined;
      set(text(tag.tag_name) ?? `k8s.pod.${kind}.${key}`, marks?.[key]);
    }
  }
  if (extract.otel_annotations !== true) return;
  for (const [key, value] of Object.entries(pod?.annotations ?? {})) {
    const [, name] = ownAnnotation.exec(key) ?? [];
    if (name !== undefined && value !== '') set(name, value);
  }
}

/** Annotations by which a pod says its resource itself (internal/kube/kube.go, OtelAnnotations). */
const ownAnnotation = /^resource\.opentelemetry\.io\/(.+)$/;

/**
 * Whether an identifier by which the processor finds the pod is an address: with `passthrough` it
 * notes that one and does nothing else. Of the associations the first whose sources are all there
 * counts; without any it is always the address (v0.152.0, pod_association.go: the resource's own
 * `k8s.pod.ip` or `ip`, else the sender's).
 */
function takesAddress(component: Component, { values, uncertain }: DraftMap): boolean {
  const associations = podAssociations(component);
  const first = associations.find((sources) =>
    sources.every(({ from, name }) => {
      const key = text(name) ?? '';
      return text(from) === 'connection' || uncertain.has(key) || Boolean(values[key]);
    }),
  );
  if (associations.length === 0) return true;
  return first?.some(({ from }) => text(from) === 'connection') ?? false;
}
