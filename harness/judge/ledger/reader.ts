import type { ItemEvidence, Sighting } from '../../evidence/types.ts';
import type { Facts, SpanFacts } from '../../pipeline/decide.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import { changesFields, crosses, type EditedItem, editItem } from '../model/edit-item.ts';
import type { PodFacts } from '../model/enrichment.ts';
import type { ItemFacts } from '../model/item-facts.ts';
import { isOpenTo, mayChangeAnswers, policyKeys } from '../model/reach.ts';
import type { ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';

/** What policies look at, of one span, and whether they can be answered by it. */
export interface PolicyFacts {
  facts(view: ItemView): SpanFacts;
  /** What the policies look at may have been changed, who knows how. */
  isBlindTo(view: ItemView): boolean;
}

/** Reads facts of spans, remembering what equal attribute sets come to. */
export interface FactReader {
  /** As it was planned, with the edits of the whole way to the sampler: what was to be decided. */
  readonly planned: PolicyFacts;
  /** As it came to the process that samples, where that was recorded: what it decided on. */
  readonly arrived: PolicyFacts;
  filter(view: ItemView): ItemFacts;
  /** A processor in front of the sampler, in the same process, drops it; undefined where open. */
  dropped(view: ItemView): boolean | undefined;
}

/** @returns a reader for the traces of one run */
export function createFactReader(context: JudgeContext): FactReader {
  const { paths, samplerStep } = context;
  const step = paths.traces.steps[samplerStep];
  const earlier = paths.traces.steps.slice(0, Math.max(0, samplerStep));
  const own = step?.processors.slice(0, step.sampler) ?? [];
  const way = earlier.flatMap(({ processors }) => processors);
  const droppers = step?.droppers.filter(({ index }) => index < step.sampler) ?? [];
  const planned = createPolicyFacts(context, [...way, ...own]);
  const asItCame = createPolicyFacts(context, own, way);
  const mayHaveChanged = canChange(context, way);
  const isStrange = ({ item }: ItemView, seen: Sighting): boolean =>
    seen.coreDigest !== item.coreDigest && mayHaveChanged;
  const filter = ({ item }: ItemView): ItemFacts => filterFacts(context, item, 'traces');
  return {
    planned: {
      facts: ({ item }) => planned.facts(item, item),
      isBlindTo: ({ item }) => planned.isBlindTo(item, item),
    },
    arrived: {
      facts: (view) => {
        const seen = sightingAt(view, samplerStep);
        return seen ? asItCame.facts(view.item, seen) : planned.facts(view.item, view.item);
      },
      isBlindTo: (view) => {
        const seen = sightingAt(view, samplerStep);
        if (!seen) return planned.isBlindTo(view.item, view.item);
        return isStrange(view, seen) || asItCame.isBlindTo(view.item, seen);
      },
    },
    filter,
    dropped: (view) => {
      let open = false;
      for (const { drops } of droppers) {
        const answer = drops(filter(view), view.item.traceId);
        if (answer) return true;
        if (answer === undefined) open = true;
      }
      return open ? undefined : false;
    },
  };
}

/** What of it was recorded in front of the process that took it in. */
const sightingAt = ({ arrivals }: ItemView, step: number): Sighting | undefined =>
  arrivals[step]?.find(({ kind, sighting }) => kind !== 'refused' && sighting)?.sighting;

/** Processors whose edits are not modelled, and which can change what the policies answer. */
function canChange({ paths, sampling }: JudgeContext, processors: readonly Component[]): boolean {
  const keys = policyKeys(sampling?.policies ?? []);
  const unmodelled = new Set(paths.traces.unmodelled.map(({ component }) => component));
  return processors.some((c) => unmodelled.has(c) && mayChangeAnswers(c, keys));
}

/** Numbers of dictionary entries stay below this. */
const many = 2 ** 24;

type Content = Pick<ItemEvidence, 'attributesId' | 'resourceId'>;

/**
 * Facts behind some processors, of a content that stands before them.
 *
 * @param way what had changed its name and status before
 */
function createPolicyFacts(
  context: JudgeContext,
  processors: readonly Component[],
  way: readonly Component[] = [],
) {
  const keys = policyKeys(context.sampling?.policies ?? []);
  const blind = canChange(context, processors);
  const isByField = crosses(processors);
  const hasOtherFields = way.some(changesFields);
  const hangsOnFields = isByField || hasOtherFields;
  const known = new Map<string | number, Map<number, Edited>>();
  /** All that an edit hangs on but the content; nearly always the pod alone. */
  const restOf = (item: ItemEvidence): string | number => {
    if (!hangsOnFields) return item.pod;
    const { kind, statusCode, name } = fieldsOf(context, item);
    const ofWay = hasOtherFields ? `${item.attributesId}/${item.resourceId}` : '';
    return `${item.pod}/${ofWay}/${kind}/${statusCode}/${name}`;
  };
  const edited = (item: ItemEvidence, content: Content): Edited => {
    const rest = restOf(item);
    const key = content.attributesId * many + content.resourceId;
    const found = known.get(rest)?.get(key);
    if (found) return found;
    const alike = known.get(rest) ?? new Map<number, Edited>();
    known.set(rest, alike);
    const around = { signal: 'traces', pod: podFacts(context, item.pod) } as const;
    const own = fieldsOf(context, item);
    const before = hasOtherFields
      ? editItem({ ...own, ...contentOf(context, item) }, way, around)
      : own;
    const facts = { ...before, ...contentOf(context, content), ...nothingUncertain };
    const after = editItem(facts, processors, around);
    const result = { after, isOpen: isOpenTo(after, keys) };
    alike.set(key, result);
    return result;
  };
  return {
    facts: (item: ItemEvidence, content: Content): SpanFacts => {
      const { after } = edited(item, content);
      const { name, kind, statusCode } = hangsOnFields ? after : fieldsOf(context, item);
      return {
        name,
        kind,
        statusCode,
        startOffsetNanos: item.startOffsetNanos,
        endOffsetNanos: item.endOffsetNanos,
        attributes: after.attributes as Facts,
        resource: after.resource as Facts,
      };
    },
    isBlindTo: (item: ItemEvidence, content: Content): boolean =>
      blind || edited(item, content).isOpen,
  };
}

interface Edited {
  readonly after: EditedItem;
  /** The policies look at what can't be told of it. */
  readonly isOpen: boolean;
}

/** What is recorded where something came in is known, whatever was before. */
const nothingUncertain = {
  uncertainAttributes: new Set<string>(),
  uncertainResource: new Set<string>(),
};

const contentOf = ({ evidence }: JudgeContext, { attributesId, resourceId }: Content) => ({
  attributes: evidence.attributes(attributesId),
  resource: evidence.resource(resourceId),
});

function fieldsOf({ evidence }: JudgeContext, { nameId, statusCode }: ItemEvidence) {
  const { name, kind } = evidence.name(nameId);
  return { name: String(name ?? ''), kind: Number(kind ?? 0), statusCode };
}

/** What the bench knows of a planned pod. */
export function podFacts({ evidence }: JudgeContext, podIndex: number): PodFacts {
  const { pods, workerNodes, addressOfPod } = evidence.facts;
  const pod = pods[podIndex];
  return { pod, nodeName: workerNodes[pod?.node ?? 0] ?? '', address: addressOfPod[podIndex] };
}

/** What filters look at of an item, as it was planned. */
export function filterFacts(context: JudgeContext, item: ItemEvidence, signal: Signal): ItemFacts {
  const { evidence } = context;
  return {
    ...fieldsOf(context, item),
    ...(signal === 'logs' ? { name: '', kind: 0 } : {}),
    attributes: evidence.attributes(item.attributesId),
    resource: evidence.resource(item.resourceId),
    pod: podFacts(context, item.pod),
  };
}
