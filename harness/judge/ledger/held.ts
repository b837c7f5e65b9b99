import { type Size, sizeAroundSpans, sizeOfSpan } from '../../collector/otlp-size.ts';
import { type Decision, decide, type SpanFacts, undecidable } from '../../pipeline/decide.ts';
import type { PolicyRule, TailSampling } from '../../pipeline/types.ts';
import type { ItemView } from './arrival.ts';
import type { FactReader } from './reader.ts';

/** What the sampler decides of some of a trace's spans. */
export type Judge = (items: ReadonlySet<number>) => Decision;

/**
 * Decides by what came: all that is held at once, or each request as it comes.
 *
 * @param times how often each item may have come, where more than once
 */
export function createJudge(
  sampling: TailSampling,
  traceId: string,
  views: ReadonlyMap<number, ItemView>,
  step: number,
  times: ReadonlyMap<number, number>,
  reader: FactReader,
): Judge {
  const factsOf = createFactsOf(sampling, step, times, reader);
  return (items) => {
    const held: ItemView[] = [];
    for (const item of items) {
      const view = views.get(item);
      if (view) held.push(view);
    }
    if (held.some(reader.arrived.isBlindTo)) return undecidable;
    const facts = factsOf(held);
    const tooLarge = isTooLarge(sampling, facts);
    if (tooLarge === 'open') return undecidable;
    if (tooLarge) return givenUp;
    if (!sampling.onIngest) return decide(sampling, traceId, facts);
    return decideOnIngest(sampling, traceId, held, step, facts);
  };
}

/** Not sampled by any policy: it was not asked. */
export const givenUp: Decision = {
  ...undecidable,
  outcome: 'not-sampled',
  policy: 'maximum_trace_size_bytes',
};

/** It is given up as soon as it is too large (processor.go, processTrace). */
export function isTooLarge(
  { maximumTraceSizeBytes: limit }: TailSampling,
  spans: readonly SpanFacts[],
): boolean | 'open' {
  if (limit === 0) return false;
  const total = (bound: keyof Size): number =>
    spans.reduce((sum, { bytes }) => sum + (bytes?.[bound] ?? 0), 0);
  if (total('least') > limit) return true;
  return total('most') > limit ? 'open' : false;
}

/** The request and resource in which a span came: they are taken in, and stored, as one. */
const pieceOf = ({ item, arrivals }: ItemView, step: number): string => {
  const seen = arrivals[step]?.find(({ kind }) => kind !== 'refused')?.sighting;
  return `${seen?.recorder}/${seen?.request}/${item.pod}`;
};

function createFactsOf(
  sampling: TailSampling,
  step: number,
  times: ReadonlyMap<number, number>,
  reader: FactReader,
): (held: readonly ItemView[]) => SpanFacts[] {
  const counted = (view: ItemView): SpanFacts => {
    const most = times.get(view.item.item) ?? 1;
    const fact = reader.arrived.facts(view);
    return most > 1 ? { ...fact, comings: { least: 1, most } } : fact;
  };
  if (!asksForBytes(sampling)) return (held) => held.map(counted);
  return (held) => {
    const pieces = new Set<string>();
    return held.map((view) => {
      const fact = counted(view);
      const piece = pieceOf(view, step);
      const opens = !pieces.has(piece);
      pieces.add(piece);
      return { ...fact, bytes: bytesOf(fact, opens) };
    });
  };
}

/** A span with what stands around the spans of its request, where it is the first of them. */
export function bytesOf(fact: SpanFacts, opens: boolean): Size {
  const own = sizeOfSpan(fact.name ?? '', fact.attributes ?? {});
  const around = opens ? sizeAroundSpans(fact.resource ?? {}) : { least: 0, most: 0 };
  const times = fact.comings?.most ?? 1;
  return { least: own.least + around.least, most: (own.most + around.most) * times };
}

export const asksForBytes = ({ policies, maximumTraceSizeBytes }: TailSampling): boolean =>
  maximumTraceSizeBytes > 0 || policies.some((rule) => has(rule, 'bytes_limiting'));

function has(rule: PolicyRule, type: PolicyRule['type']): boolean {
  if (rule.type === type) return true;
  if ('rules' in rule) return rule.rules.some((inside) => has(inside, type));
  if ('parts' in rule) return rule.parts.some((part) => has(part.rule, type));
  return 'rule' in rule && has(rule.rule, type);
}

/**
 * With `span-ingest` each request is asked by itself, but for the number of spans, which adds up.
 * A drop policy that has not matched yet may still, so that beside one nothing is ever sampled
 * (processor.go, makeDecisionOnSpanIngest).
 */
function decideOnIngest(
  sampling: TailSampling,
  traceId: string,
  held: readonly ItemView[],
  step: number,
  facts: readonly SpanFacts[],
): Decision {
  const nested = sampling.policies.some(
    (rule) => rule.type !== 'span_count' && has(rule, 'span_count'),
  );
  if (nested) return undecidable;
  const pieces = Map.groupBy(
    facts.map((fact, i) => ({ fact, piece: pieceOf(held[i] as ItemView, step) })),
    ({ piece }) => piece,
  );
  const counting = sampling.policies.filter(({ type }) => type === 'span_count');
  const asking = sampling.policies.filter(({ type }) => type !== 'span_count');
  const decisions = [
    ...[...pieces.values()].map((own) =>
      decide(
        { ...sampling, policies: asking },
        traceId,
        own.map(({ fact }) => fact),
      ),
    ),
    decide({ ...sampling, policies: counting }, traceId, facts),
  ];
  const find = (wanted: Decision['outcome']) => decisions.find(({ outcome }) => outcome === wanted);
  const dropped = find('dropped');
  if (dropped) return dropped;
  if (find('unknown')) return undecidable;
  const drops = sampling.policies.some(({ type }) => type === 'drop');
  const sampled = drops ? undefined : find('sampled');
  return (
    sampled ?? { ...undecidable, outcome: 'not-sampled', answers: decisions[0]?.answers ?? [] }
  );
}
