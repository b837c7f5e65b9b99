import type { Attributes } from './evidence/types.ts';
import type { ItemFacts } from './judge/model/item-facts.ts';
import { signalPath } from './judge/model/path.ts';
import { partsOf, routesApart } from './judge/routes/project.ts';
import { isCalled } from './pipeline/called.ts';
import { partersOf } from './pipeline/spread.ts';
import type { Backend, Pipeline, Tier } from './pipeline/types.ts';
import { resourceAttributes } from './plan/encode.ts';
import type { Plan } from './plan/types.ts';
import { type FateOf, fateAlong, type SentTrace, type TraceFate } from './trace-fate.ts';

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

/** One of the ways of traces; where they have one, that. */
export interface Way {
  /** Where traces go that are kept. */
  readonly ends: readonly string[];
  /** Of these, the backends. */
  readonly backends: readonly Backend[];
  /** Why nothing can be said at all. */
  readonly unclear: readonly string[];
}

export interface Prediction extends Way {
  readonly classes: readonly ClassPrediction[];
}

/** Works out what every policy answers to every planned trace, on each way; nothing runs. */
export const predict = (
  pipeline: Pipeline,
  plan: Plan,
  workerNodes: readonly string[],
): Prediction[] =>
  waysOf(pipeline).map(({ fateOf, ...way }) => ({
    ...way,
    classes: classesOf(plan, workerNodes, fateOf),
  }));

/** The same of traces that somebody gives, one answer a trace. */
export const predictTraces = (
  pipeline: Pipeline,
  traces: readonly SentTrace[],
): (Way & { readonly fates: readonly TraceFate[] })[] =>
  waysOf(pipeline).map(({ fateOf, ...way }) => ({ ...way, fates: traces.map(fateOf) }));

function waysOf(pipeline: Pipeline): (Way & { readonly fateOf: FateOf })[] {
  const routes = routesApart(pipeline, 'traces');
  const ways =
    routes.length === 0
      ? [[signalPath(pipeline, 'traces')]]
      : routes.map((route) =>
          partsOf(pipeline, route).map((part) => ({
            ...signalPath(part, 'traces'),
            unclear: route.unclear,
          })),
        );
  return ways.map((parts) => {
    const last = parts.at(-1);
    const unclear = parts.flatMap((path) => [
      ...path.unclear.map(({ hop, why }) => `traces at ${hop}: ${why}`),
      ...path.steps.flatMap(({ tier, sampler }) => (sampler < 0 ? [] : tellParted(pipeline, tier))),
    ]);
    const fateOf = fateAlong(parts);
    return {
      ends: [...(last?.backends ?? []), ...(last?.ends ?? [])],
      backends: pipeline.backends.filter(({ id }) => last?.backends.includes(id)),
      unclear: [...new Set(unclear)],
      fateOf: unclear.length === 0 ? fateOf : (trace) => ({ ...fateOf(trace), fate: 'open' }),
    };
  });
}

/** Why traces do not meet a sampler whole, however healthy everything is. */
const tellParted = (pipeline: Pipeline, tier: Tier): string[] =>
  partersOf(pipeline, tier).map(
    ({ component, by }) =>
      `traces at ${tier.name}: ${component} spreads by ${by}, so that one of several meets several samplers in parts`,
  );

/** Whether what is kept goes to a backend that is called so. */
export const leadsTo = ({ backends }: Way, name: string): boolean =>
  backends.some((backend) => isCalled(backend, name));

function classesOf(plan: Plan, workerNodes: readonly string[], fateOf: FateOf): ClassPrediction[] {
  const classes = plan.classNames.map((name) => ({
    name,
    counts: { kept: 0, notKept: 0, filtered: 0, open: 0 },
    policies: new Map<string, number>(),
    traces: 0,
    filteredSpans: 0,
  }));
  const traceOf = plannedTraces(plan, workerNodes);
  for (let trace = 0; trace < plan.traces.count; trace++) {
    const own = classes[plan.traces.classIndex[trace] ?? 0];
    if (!own) continue;
    const { fate, policy, filteredSpans } = fateOf(traceOf(trace));
    own.traces++;
    own.counts[fate]++;
    own.filteredSpans += filteredSpans;
    if (policy !== undefined) own.policies.set(policy, (own.policies.get(policy) ?? 0) + 1);
  }
  return classes.map(({ counts, ...own }) => ({ ...own, ...counts }));
}

/** Traces of a plan by their number, as they are sent. */
function plannedTraces(plan: Plan, workerNodes: readonly string[]): (trace: number) => SentTrace {
  const known = new Map<number, ItemFacts>();
  const templates = plan.templates.length;
  const factsOf = (span: number): ItemFacts => {
    const key = (plan.spans.pod[span] ?? 0) * templates + (plan.spans.template[span] ?? 0);
    const own = known.get(key) ?? plannedFacts(plan, span, workerNodes);
    known.set(key, own);
    return own;
  };
  return (trace) => {
    const first = plan.traces.firstSpan[trace] ?? 0;
    const spans = Array.from({ length: plan.traces.spanCount[trace] ?? 0 }, (_, i) => ({
      facts: factsOf(first + i),
      startOffsetNanos: plan.spans.startOffsetNanos[first + i] ?? 0,
      endOffsetNanos: plan.spans.endOffsetNanos[first + i] ?? 0,
    }));
    return { traceId: traceIdOf(plan, trace), spans };
  };
}

function traceIdOf({ traces }: Plan, trace: number): string {
  const words = [...traces.idWords.subarray(4 * trace, 4 * trace + 4)];
  return words.map((word) => word.toString(16).padStart(8, '0')).join('');
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
