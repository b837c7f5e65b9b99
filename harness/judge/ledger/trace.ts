import type { Attributes, TraceEvidence } from '../../evidence/types.ts';
import { type Decision, decide, type Facts, type SpanFacts } from '../../pipeline/decide.ts';
import { editAttributes, editResource } from '../model/edits.ts';
import type { OttlFacts } from '../model/ottl.ts';
import { accountItem, type ItemAccount, type SampledFate } from './bucket.ts';
import type { JudgeContext } from './context.ts';
import { type Difference, differenceOf } from './difference.ts';
import { accountStays, type StayAccount } from './sampler.ts';
import { type ItemView, taken, viewItem } from './sightings.ts';

/** What became of one planned trace, and why. */
export interface TraceAccount {
  readonly trace: TraceEvidence;
  /** The policies over the whole planned trace; undefined without tail sampling. */
  readonly intent: Decision | undefined;
  readonly stays: readonly StayAccount[];
  readonly spans: readonly ItemAccount[];
  /** All spans that were not delivered late on purpose are at the backend. */
  readonly kept: boolean;
  /** Why it is not kept although it should be; undefined where it is, or should not be. */
  readonly difference: Difference | undefined;
  /** Stays whose outcome is not what the policies say of what was held. */
  readonly wrong: readonly StayAccount[];
  readonly indeterminate: boolean;
}

/** Reads facts of spans, remembering what equal attribute sets come to. */
export interface FactReader {
  sampler(view: ItemView): SpanFacts;
  filter(view: ItemView): OttlFacts;
}

export function createFactReader(context: JudgeContext): FactReader {
  const { evidence, paths, samplerStep } = context;
  const before = paths.traces.steps.flatMap((step, i) =>
    i < samplerStep
      ? step.processors
      : i === samplerStep
        ? step.processors.slice(0, step.sampler)
        : [],
  );
  const attributes = new Map<number, Facts>();
  const resources = new Map<string, Facts>();
  const factsOf = (own: Attributes): Facts => own as Facts;
  const editedAttributes = (id: number): Facts => {
    const known =
      attributes.get(id) ?? factsOf(editAttributes(evidence.attributes(id), before).attributes);
    attributes.set(id, known);
    return known;
  };
  const editedResource = (id: number, podIndex: number): Facts => {
    const key = `${id}/${podIndex}`;
    const pod = evidence.facts.pods[podIndex];
    const nodeName = evidence.facts.workerNodes[pod?.node ?? 0] ?? '';
    const known =
      resources.get(key) ??
      factsOf(editResource(evidence.resource(id), before, { pod, nodeName }).attributes);
    resources.set(key, known);
    return known;
  };
  return {
    sampler: ({ item }) => ({
      statusCode: item.statusCode,
      startOffsetNanos: item.startOffsetNanos,
      endOffsetNanos: item.endOffsetNanos,
      attributes: editedAttributes(item.attributesId),
      resource: editedResource(item.resourceId, item.pod),
    }),
    filter: ({ item }) => {
      const { name, kind } = evidence.name(item.nameId);
      return {
        name: String(name ?? ''),
        kind: Number(kind ?? 0),
        statusCode: item.statusCode,
        attributes: evidence.attributes(item.attributesId),
        resource: editedResource(item.resourceId, item.pod) as Attributes,
      };
    },
  };
}

/** Accounts for one trace: every span's bucket, every gateway's decision, and what differs. */
export function accountTrace(
  context: JudgeContext,
  facts: FactReader,
  trace: TraceEvidence,
): TraceAccount {
  const path = context.paths.traces;
  const views = trace.spans.map((span) => viewItem(context, path, 'traces', span));
  const { sampling, samplerStep } = context;
  const stays = sampling
    ? accountStays(trace.traceId, trace.trace, views, samplerStep, sampling, context, facts.sampler)
    : [];
  const spans = views.map((view) =>
    accountItem(context, path, view, facts.filter(view), fateOf(view, stays, samplerStep)),
  );
  const intent = sampling && decide(sampling, trace.traceId, views.map(facts.sampler));
  const onTime = spans.filter(({ view }) => !view.item.late);
  const kept = onTime.every(({ bucket }) => bucket.kind === 'delivered');
  const indeterminate = spans.some((span) => span.indeterminate) || stays.some((s) => s.ambiguous);
  const account = { trace, intent, stays, spans, kept, indeterminate };
  return {
    ...account,
    wrong: stays.filter((stay) => isWrong(stay, spans)),
    difference: kept ? undefined : differenceOf(context, account),
  };
}

/** The stay that an item's fate hangs on: of several, one that sampled it, else the last. */
function fateOf(
  view: ItemView,
  stays: readonly StayAccount[],
  step: number,
): SampledFate | undefined {
  if (step < 0) return undefined;
  const own = stays.filter(
    (stay) => stay.held.has(view.item.item) || stay.late.has(view.item.item),
  );
  const open = own.length === 0 ? openStay(view, stays, step) : undefined;
  const sampled = own.find((stay) => stay.decision?.outcome === 'sampled');
  const stay = sampled ?? own.at(-1) ?? open;
  return { stay, late: view.item.late };
}

/** An item that came within the tick of a decision belongs to that stay all the same. */
function openStay(
  view: ItemView,
  stays: readonly StayAccount[],
  step: number,
): StayAccount | undefined {
  const keys = taken(view.arrivals[step] ?? []).map((a) => a.incarnation?.key);
  return stays.find((stay) => keys.includes(stay.incarnation.key));
}

/** Delivered although not to be sampled, by the process that held it. */
function isWrong(stay: StayAccount, spans: readonly ItemAccount[]): boolean {
  if (stay.ambiguous || stay.fate !== 'decided' || stay.decision?.outcome === 'sampled')
    return false;
  return spans.some(
    ({ view, bucket }) =>
      bucket.kind === 'delivered' && stay.held.has(view.item.item) && onlyHeldBy(view, stay),
  );
}

/** No other process took this item, so that its delivery is this one's doing. */
function onlyHeldBy(view: ItemView, stay: StayAccount): boolean {
  return view.arrivals.every((arrivals) =>
    arrivals.every(
      (a) =>
        a.kind === 'refused' ||
        a.incarnation?.tier !== stay.incarnation.tier ||
        a.incarnation.key === stay.incarnation.key,
    ),
  );
}
