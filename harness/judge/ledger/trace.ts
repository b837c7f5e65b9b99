import type { TraceEvidence } from '../../evidence/types.ts';
import { type Decision, decide, undecidable } from '../../pipeline/decide.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import { type ItemAccount, isElsewhere, type TraceAccount } from './account.ts';
import { type ItemView, taken } from './arrival.ts';
import { accountItem, type SampledFate } from './bucket.ts';
import type { JudgeContext } from './context.ts';
import { differenceOf } from './difference.ts';
import { asksForBytes, bytesOf, givenUp, isTooLarge } from './held.ts';
import type { FactReader } from './reader.ts';
import { accountStays } from './sampler.ts';
import { viewItem } from './sightings.ts';
import type { StayAccount } from './stay.ts';

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
    ? accountStays(trace.traceId, trace.trace, views, samplerStep, sampling, context, facts)
    : [];
  const spans = views.map((view) =>
    accountItem(context, path, view, facts.filter(view), fateOf(view, stays, samplerStep)),
  );
  const here = spans.filter((span) => !isElsewhere(span));
  const whole = here.map(({ view }) => view);
  const intent = sampling && decideWhole(sampling, trace.traceId, whole, facts);
  const onTime = here.filter(({ view }) => !view.item.late);
  const kept = onTime.length > 0 && onTime.every(({ bucket }) => bucket.kind === 'delivered');
  const indeterminate = spans.some((span) => span.indeterminate) || stays.some((s) => s.ambiguous);
  const account = { trace, intent, stays, spans, kept, indeterminate };
  return {
    ...account,
    wrong: stays.filter((stay) => isWrong(stay, spans)),
    difference: kept ? undefined : differenceOf(context, account),
  };
}

/** What the policies say of the whole trace, had all of it come to one gateway. */
function decideWhole(
  sampling: TailSampling,
  traceId: string,
  views: readonly ItemView[],
  facts: FactReader,
): Decision {
  if (views.some(facts.planned.isBlindTo)) return undecidable;
  const whole = views.map(facts.planned.facts);
  if (!asksForBytes(sampling)) return decide(sampling, traceId, whole);
  // Each request brings its resource along.
  const blocks = views.map(({ item }) => item.block);
  const opens = (i: number): boolean => blocks.indexOf(blocks[i] ?? -1) === i;
  const spans = whole.map((fact, i) => ({ ...fact, bytes: bytesOf(fact, opens(i)) }));
  const tooLarge = isTooLarge(sampling, spans);
  if (tooLarge === 'open') return undecidable;
  return tooLarge ? givenUp : decide(sampling, traceId, spans);
}

/** The stay that an item's fate hangs on: of several, one that sampled it, else the last. */
function fateOf(
  view: ItemView,
  stays: readonly StayAccount[],
  step: number,
): SampledFate | undefined {
  if (step < 0) return undefined;
  const { item } = view.item;
  const own = stays.filter((stay) => stay.held.has(item) || stay.late.has(item));
  const sampled = own.find((stay) => stay.decision?.outcome === 'sampled');
  if (sampled) return { stay: sampled, late: view.item.late };
  // An item that came within the tick of a decision belongs to that stay all the same.
  const keys = taken(view.arrivals[step] ?? []).map((arrival) => arrival.incarnation?.key);
  const open = stays.filter((s) => s.open.has(item) && keys.includes(s.incarnation.key));
  return { stay: own.at(-1) ?? open.at(-1), late: view.item.late };
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
