import type { ItemEvidence } from '../../evidence/types.ts';
import type { Facts, SpanFacts } from '../../pipeline/decide.ts';
import { type Edited, editAttributes, editResource, type PodFacts } from '../model/edits.ts';
import type { OttlFacts } from '../model/ottl.ts';
import { mayChangeAnswers, policyKeys } from '../model/reach.ts';
import type { JudgeContext } from './context.ts';
import type { ItemView } from './sightings.ts';

/** Reads facts of spans, remembering what equal attribute sets come to. */
export interface FactReader {
  /** What the policies look at. */
  sampler(view: ItemView): SpanFacts;
  filter(view: ItemView): OttlFacts;
  /** A processor in front of the sampler, in the same process, drops it; undefined where open. */
  dropped(view: ItemView): boolean | undefined;
  /** The policies can't be answered: what they look at may have been changed, who knows how. */
  isBlindTo(view: ItemView): boolean;
}

/** @returns a reader for the traces of one run */
export function createFactReader(context: JudgeContext): FactReader {
  const { evidence, paths, samplerStep, sampling } = context;
  const step = paths.traces.steps[samplerStep];
  const before = paths.traces.steps.flatMap(({ processors, sampler }, i) =>
    i < samplerStep ? processors : i === samplerStep ? processors.slice(0, sampler) : [],
  );
  const keys = policyKeys(sampling?.policies ?? []);
  const unmodelled = new Set(paths.traces.unmodelled.map(({ component }) => component));
  const blind = before.some((c) => unmodelled.has(c) && mayChangeAnswers(c, keys));
  const droppers = step?.droppers.filter(({ index }) => index < step.sampler) ?? [];
  const attributes = new Map<number, Edited>();
  const resources = new Map<string, Edited>();
  const editedAttributes = (id: number): Edited => {
    const known = attributes.get(id) ?? editAttributes(evidence.attributes(id), before);
    attributes.set(id, known);
    return known;
  };
  const editedResource = (id: number, podIndex: number): Edited => {
    const key = `${id}/${podIndex}`;
    const known =
      resources.get(key) ??
      editResource(evidence.resource(id), before, podFacts(context, podIndex));
    resources.set(key, known);
    return known;
  };
  const filter = ({ item }: ItemView): OttlFacts => filterFacts(context, item, 'traces');
  return {
    filter,
    sampler: ({ item }) => ({
      statusCode: item.statusCode,
      startOffsetNanos: item.startOffsetNanos,
      endOffsetNanos: item.endOffsetNanos,
      attributes: editedAttributes(item.attributesId).attributes as Facts,
      resource: editedResource(item.resourceId, item.pod).attributes as Facts,
    }),
    dropped: (view) => {
      let open = false;
      for (const { drops } of droppers) {
        const answer = drops(filter(view), view.item.traceId);
        if (answer) return true;
        if (answer === undefined) open = true;
      }
      return open ? undefined : false;
    },
    isBlindTo: ({ item }) =>
      blind ||
      touches(editedAttributes(item.attributesId), keys) ||
      touches(editedResource(item.resourceId, item.pod), keys),
  };
}

/** What the bench knows of a planned pod. */
export function podFacts({ evidence }: JudgeContext, podIndex: number): PodFacts {
  const pod = evidence.facts.pods[podIndex];
  return { pod, nodeName: evidence.facts.workerNodes[pod?.node ?? 0] ?? '' };
}

/** What filters look at of an item, as it was planned. */
export function filterFacts(
  context: JudgeContext,
  item: ItemEvidence,
  signal: 'traces' | 'logs',
): OttlFacts {
  const { evidence } = context;
  const { name, kind } = signal === 'traces' ? evidence.name(item.nameId) : {};
  return {
    name: String(name ?? ''),
    kind: Number(kind ?? 0),
    statusCode: item.statusCode,
    attributes: evidence.attributes(item.attributesId),
    resource: evidence.resource(item.resourceId),
    pod: podFacts(context, item.pod),
  };
}

const touches = ({ uncertain }: Edited, keys: ReadonlySet<string>): boolean =>
  uncertain.size > 0 && [...keys].some((key) => uncertain.has(key));
