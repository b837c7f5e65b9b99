import type { Attributes } from './evidence/types.ts';
import { editItem } from './judge/model/edit-item.ts';
import type { ItemFacts } from './judge/model/item-facts.ts';
import { type Dropper, type SignalPath, signalPath } from './judge/model/path.ts';
import { isOpenTo, mayChangeAnswers, policyKeys } from './judge/model/reach.ts';
import { partsOf, routesApart } from './judge/routes/project.ts';
import { isCalled } from './pipeline/called.ts';
import { type Decision, decide, type Facts } from './pipeline/decide.ts';
import type { Backend, Component, Pipeline, TailSampling } from './pipeline/types.ts';
import { resourceAttributes } from './plan/encode.ts';
import type { Plan } from './plan/types.ts';

/** What becomes of the traces of one class, if each meets its sampler whole and in time. */
export interface ClassPrediction {
  readonly name: string;
  readonly traces: number;
  readonly kept: number;
  /** Sampled by no policy, or turned away by one that drops. */
  readonly notKept: number;
  /** All of its spans go before anything decides: a filter drops them. */
  readonly filtered: number;
  /** What hangs on limits, on the order of arrival, or on what is not modelled. */
  readonly open: number;
  /** How many traces each policy led to its end, and to which. */
  readonly policies: ReadonlyMap<string, number>;
  /** Spans that filters drop of traces that are kept or not. */
  readonly filteredSpans: number;
}

/** On one of the ways of traces; where they have one, on that. */
export interface Prediction {
  readonly classes: readonly ClassPrediction[];
  /** Where traces go that are kept. */
  readonly ends: readonly string[];
  /** Of these, the backends. */
  readonly backends: readonly Backend[];
  /** Why nothing can be said at all. */
  readonly unclear: readonly string[];
}

type Fate = 'kept' | 'notKept' | 'filtered' | 'open';

/** Works out what every policy answers to every planned trace, on each way; nothing runs. */
export function predict(
  pipeline: Pipeline,
  plan: Plan,
  workerNodes: readonly string[],
): Prediction[] {
  const routes = routesApart(pipeline, 'traces');
  if (routes.length === 0) {
    return [predictAlong(pipeline, [signalPath(pipeline, 'traces')], plan, workerNodes)];
  }
  return routes.map((route) =>
    predictAlong(
      pipeline,
      partsOf(pipeline, route).map((part) => ({
        ...signalPath(part, 'traces'),
        unclear: route.unclear,
      })),
      plan,
      workerNodes,
    ),
  );
}

/** Whether what is kept goes to a backend that is called so. */
export const leadsTo = ({ backends }: Prediction, name: string): boolean =>
  backends.some((backend) => isCalled(backend, name));

/** @param parts of one way, from sampler to sampler: what one does not keep the next never sees */
function predictAlong(
  { backends }: Pipeline,
  parts: readonly SignalPath[],
  plan: Plan,
  workerNodes: readonly string[],
): Prediction {
  const last = parts.at(-1);
  const unclear = parts.flatMap((path) =>
    path.unclear.map(({ hop, why }) => `traces at ${hop}: ${why}`),
  );
  const fatesOf = parts.map((path) => createFate(path, plan, workerNodes));
  const classes = plan.classNames.map((name) => ({
    name,
    counts: { kept: 0, notKept: 0, filtered: 0, open: 0 },
    policies: new Map<string, number>(),
    traces: 0,
    filteredSpans: 0,
  }));
  for (let trace = 0; trace < plan.traces.count; trace++) {
    const own = classes[plan.traces.classIndex[trace] ?? 0];
    if (!own) continue;
    const { fate, policy, filteredSpans } = fateAlong(fatesOf, trace);
    own.traces++;
    own.counts[unclear.length > 0 ? 'open' : fate]++;
    own.filteredSpans += filteredSpans;
    if (policy !== undefined) own.policies.set(policy, (own.policies.get(policy) ?? 0) + 1);
  }
  return {
    classes: classes.map(({ counts, ...own }) => ({ ...own, ...counts })),
    ends: [...(last?.backends ?? []), ...(last?.ends ?? [])],
    backends: backends.filter(({ id }) => last?.backends.includes(id)),
    unclear: [...new Set(unclear)],
  };
}

/** The first that does not keep it says why; else the last. */
function fateAlong(fatesOf: readonly ((trace: number) => TraceFate)[], trace: number): TraceFate {
  let fate: TraceFate = { fate: 'kept', policy: undefined, filteredSpans: 0 };
  for (const fateOf of fatesOf) {
    fate = fateOf(trace);
    if (fate.fate !== 'kept') break;
  }
  return fate;
}

type PlacedDropper = Dropper & { readonly step: number };

interface TraceFate {
  readonly fate: Fate;
  readonly policy: string | undefined;
  readonly filteredSpans: number;
}

function createFate(path: SignalPath, plan: Plan, workerNodes: readonly string[]) {
  const samplerStep = path.steps.findIndex(({ sampler }) => sampler >= 0);
  const step = path.steps[samplerStep];
  const sampling = step?.tier.tailSampling;
  const way = path.steps
    .slice(0, samplerStep + 1)
    .flatMap(({ processors, sampler }) => processors.slice(0, sampler < 0 ? undefined : sampler));
  const keys = policyKeys(sampling?.policies ?? []);
  const unmodelled = new Set(path.unmodelled.map(({ component }) => component));
  const isBlind = way.some((one) => unmodelled.has(one) && mayChangeAnswers(one, keys));
  // Without a sampler all of them stand before its end.
  const last = samplerStep < 0 ? path.steps.length : samplerStep;
  const isBefore = ({ step: at, index }: PlacedDropper): boolean =>
    at < last || (at === last && index < (step?.sampler ?? 0));
  const droppers = path.steps.flatMap(({ droppers: own }, at) =>
    own.map((dropper) => ({ ...dropper, step: at })),
  );
  const [before, after] = [droppers.filter(isBefore), droppers.filter((one) => !isBefore(one))];
  const factsOf = remembered(plan, (span) => plannedFacts(plan, span, workerNodes));
  const editedOf = remembered(plan, (span) => editedFacts(factsOf(span), way, keys));
  return (trace: number): TraceFate => {
    const traceId = traceIdOf(plan, trace);
    const first = plan.traces.firstSpan[trace] ?? 0;
    const spans = Array.from({ length: plan.traces.spanCount[trace] ?? 0 }, (_, i) => first + i);
    const answersOf = (span: number, asked: readonly PlacedDropper[]) =>
      asked.map(({ drops }) => drops(factsOf(span), traceId));
    const isDropped = (span: number, asked: readonly PlacedDropper[]): boolean =>
      answersOf(span, asked).includes(true);
    const left = spans.filter((span) => !isDropped(span, before));
    const whole = left.filter((span) => !isDropped(span, after));
    const filteredSpans = spans.length - whole.length;
    const isOpen = whole.some((span) => answersOf(span, droppers).includes(undefined));
    if (whole.length === 0) return { fate: 'filtered', policy: undefined, filteredSpans };
    if (isOpen || left.some((span) => answersOf(span, before).includes(undefined))) {
      return { fate: 'open', policy: undefined, filteredSpans };
    }
    if (!sampling) return { fate: 'kept', policy: undefined, filteredSpans };
    const facts = left.map((span) => ({
      ...editedOf(span),
      startOffsetNanos: plan.spans.startOffsetNanos[span] ?? 0,
      endOffsetNanos: plan.spans.endOffsetNanos[span] ?? 0,
    }));
    if (isBlind || isOrdered(sampling) || facts.some(({ isUncertain }) => isUncertain)) {
      return { fate: 'open', policy: undefined, filteredSpans };
    }
    const decision = decide(sampling, traceId, facts);
    return { fate: fates[decision.outcome], policy: decision.policy, filteredSpans };
  };
}

const fates: Readonly<Record<Decision['outcome'], Fate>> = {
  sampled: 'kept',
  'not-sampled': 'notKept',
  dropped: 'notKept',
  open: 'open',
  unknown: 'open',
};

/** What is decided hangs on which requests spans come in, and on their sizes. */
const isOrdered = ({ onIngest, maximumTraceSizeBytes, unmodelledSettings }: TailSampling) =>
  onIngest || maximumTraceSizeBytes > 0 || unmodelledSettings.length > 0;

function traceIdOf({ traces }: Plan, trace: number): string {
  const words = [...traces.idWords.subarray(4 * trace, 4 * trace + 4)];
  return words.map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** What is equal for all spans of one template and pod is worked out once. */
function remembered<T>(plan: Plan, work: (span: number) => T): (span: number) => T {
  const known = new Map<number, T>();
  const templates = plan.templates.length;
  return (span) => {
    const key = (plan.spans.pod[span] ?? 0) * templates + (plan.spans.template[span] ?? 0);
    const own = known.get(key) ?? work(span);
    known.set(key, own);
    return own;
  };
}

/** A span as it is sent. */
function plannedFacts(plan: Plan, span: number, workerNodes: readonly string[]): ItemFacts {
  const template = plan.templates[plan.spans.template[span] ?? 0];
  const pod = plan.pods[plan.spans.pod[span] ?? 0];
  return {
    name: template?.name ?? '',
    kind: template?.kind ?? 0,
    statusCode: template?.statusCode ?? 0,
    attributes: (template?.attributes ?? {}) as Attributes,
    resource: resourceAttributes(pod) as Attributes,
    pod: { pod, nodeName: workerNodes[pod?.node ?? 0] ?? '', address: undefined },
  };
}

/**
 * As it stands behind some processors, but for its times; `isUncertain` where what policies look at
 * is not known.
 */
function editedFacts(
  facts: ItemFacts,
  processors: readonly Component[],
  keys: ReadonlySet<string>,
) {
  const edited = editItem(facts, processors, { signal: 'traces', pod: facts.pod });
  return {
    ...edited,
    attributes: edited.attributes as Facts,
    resource: edited.resource as Facts,
    // No pod has an address before there is a run.
    isUncertain: isOpenTo(edited, keys) || keys.has('k8s.pod.ip'),
  };
}
