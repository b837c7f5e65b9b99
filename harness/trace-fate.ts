import { editItem } from './judge/model/edit-item.ts';
import type { ItemFacts } from './judge/model/item-facts.ts';
import type { Dropper, SignalPath } from './judge/model/path.ts';
import { isOpenTo, mayChangeAnswers, policyKeys } from './judge/model/reach.ts';
import { type Decision, decide, type Facts } from './pipeline/decide.ts';
import type { Component, TailSampling } from './pipeline/types.ts';

export type Fate = 'kept' | 'notKept' | 'filtered' | 'open';

/** A span as it is sent, with its times from any moment that all of its trace have in common. */
export interface SentSpan {
  /** The same object for all that are equal but for their times: it is worked out once. */
  readonly facts: ItemFacts;
  readonly startOffsetNanos: number;
  readonly endOffsetNanos: number;
}

export interface SentTrace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly spans: readonly SentSpan[];
}

/** What becomes of a trace that meets its sampler whole and in time. */
export interface TraceFate {
  readonly fate: Fate;
  /** Which policy led to it. */
  readonly policy: string | undefined;
  /** Spans that filters drop. */
  readonly filteredSpans: number;
}

export type FateOf = (trace: SentTrace) => TraceFate;

/** @param parts of one way, from sampler to sampler: what one does not keep the next never sees */
export function fateAlong(parts: readonly SignalPath[]): FateOf {
  const fatesOf = parts.map(fateOfPart);
  return (trace) => {
    let fate: TraceFate = { fate: 'kept', policy: undefined, filteredSpans: 0 };
    // The first that does not keep it says why; else the last.
    for (const fateOf of fatesOf) {
      fate = fateOf(trace);
      if (fate.fate !== 'kept') break;
    }
    return fate;
  };
}

type PlacedDropper = Dropper & { readonly step: number };

function fateOfPart(path: SignalPath): FateOf {
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
  const isEarly = droppers.map(isBefore);
  const editedOf = remembered((facts: ItemFacts) => editedFacts(facts, way, keys));
  return ({ traceId, spans }) => {
    // Each is asked once: that is most of the work.
    const asked = spans.map((span) => {
      const answers = droppers.map(({ drops }) => drops(span.facts, traceId));
      return { span, answers, early: answers.filter((_, i) => isEarly[i]) };
    });
    const left = asked.filter(({ early }) => !early.includes(true));
    const whole = left.filter(({ answers }) => !answers.includes(true));
    const filteredSpans = spans.length - whole.length;
    const isOpen = whole.some(({ answers }) => answers.includes(undefined));
    if (whole.length === 0) return { fate: 'filtered', policy: undefined, filteredSpans };
    if (isOpen || left.some(({ early }) => early.includes(undefined))) {
      return { fate: 'open', policy: undefined, filteredSpans };
    }
    if (!sampling) return { fate: 'kept', policy: undefined, filteredSpans };
    const facts = left.map(({ span: { facts: own, ...times } }) => ({
      ...editedOf(own),
      ...times,
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

/** What is equal is worked out once. */
function remembered<K extends object, T>(work: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, T>();
  return (key) => {
    const own = known.get(key) ?? work(key);
    known.set(key, own);
    return own;
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
