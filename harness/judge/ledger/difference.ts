import { formatCount } from '../../lib/units.ts';
import { sendersTo } from '../model/exporters.ts';
import { type Culprit, refuserIn } from '../model/refuser.ts';
import { placeOfSetting, tellSetting } from '../model/settings.ts';
import { type Difference, type ItemAccount, isElsewhere, type TraceAccount } from './account.ts';
import type { ItemView } from './arrival.ts';
import { type Astray, partedBy, tellRing } from './astray.ts';
import type { JudgeContext } from './context.ts';
import { emptyRing } from './empty-ring.ts';
import { givenUp } from './held.ts';
import { samplerWith } from './sampler-loss.ts';
import type { StayAccount } from './stay.ts';
import { tickLagMs } from './ticks.ts';

type Unfinished = Pick<TraceAccount, 'trace' | 'intent' | 'stays' | 'spans' | 'indeterminate'>;

/**
 * Finds the cause in the recorded arrivals. `not-sampled` is no fault of the way: the policies say
 * so of the whole trace.
 */
export function differenceOf(context: JudgeContext, account: Unfinished): Difference {
  const gone = account.spans.filter(
    ({ view, bucket }) => !view.item.late && bucket.kind !== 'delivered',
  );
  const tier = context.paths.traces.steps[context.samplerStep]?.tier.name ?? '';
  const sampler = context.sampling?.component.id ?? '';
  return (
    whyGone(context, gone, account) ??
    notSampled(context, account, gone, { hop: tier, component: `${tier}/${sampler}` })
  );
}

/** What took these items on their way; undefined where sampling did. */
export const whyGone = (
  context: JudgeContext,
  gone: readonly ItemAccount[],
  account: Pick<Unfinished, 'intent'>,
): Difference | undefined =>
  notSent(context, gone) ??
  unexplained(gone) ??
  filtered(gone, account) ??
  lost(gone) ??
  cutShort(gone) ??
  ended(gone);

function notSent(context: JudgeContext, gone: readonly ItemAccount[]): Difference | undefined {
  const span = gone.find(({ bucket }) => ['notOffered', 'refused', 'unseen'].includes(bucket.kind));
  if (!span) return undefined;
  const empty = emptyRing(context, span);
  if (empty) return empty;
  const brokeOff = brokeOffAt(span.view);
  const said = span.bucket.kind === 'refused' ? span.bucket.message : span.bucket.kind;
  const detail = brokeOff ?? said;
  const isTold = span.bucket.kind === 'refused' || brokeOff !== undefined;
  const cause = isTold ? 'refused-at-entry' : 'load-not-offered';
  const entry = context.paths.traces.steps[0]?.tier;
  const refuser =
    span.bucket.kind === 'refused' && entry && refuserIn(entry, 'traces', said, context.spoken);
  return { cause, hop: 'load', component: 'k6', detail, ...(refuser || {}) };
}

/**
 * Why the first tier broke a request off, where it did: the sender saw that. A receiver that
 * several pipelines share serves as soon as the first of them is up; what comes for another then
 * meets processors that have not started (seen with v0.152.0: k8s_attributes panics).
 */
function brokeOffAt({ arrivals }: ItemView): string | undefined {
  for (const { kind, fromMs, toMs, incarnation } of arrivals[0] ?? []) {
    if (kind !== 'maybe' || !incarnation) continue;
    const { pod, readyMs = Number.POSITIVE_INFINITY, endedMs } = incarnation.life;
    if (fromMs < readyMs) return `${pod} was starting, and broke it off`;
    const endedMeanwhile =
      endedMs !== undefined && endedMs >= fromMs && endedMs <= toMs + tickLagMs;
    if (incarnation.ending === 'killed' && endedMeanwhile) {
      return `${pod} was killed with its request under way`;
    }
  }
  return undefined;
}

function unexplained(gone: readonly ItemAccount[]): Difference | undefined {
  for (const { bucket, missing } of gone) {
    if (bucket.kind !== 'unexplained' || bucket.open) continue;
    return {
      cause: missing ? 'evidence-missing' : 'unexplained',
      hop: bucket.hop,
      component: '',
      detail: bucket.why,
    };
  }
  return undefined;
}

/** A promise that other spans of the trace break already is broken, whatever becomes of these. */
function cutShort(gone: readonly ItemAccount[]): Difference | undefined {
  for (const { bucket } of gone) {
    if (bucket.kind !== 'unexplained' || !bucket.open) continue;
    return { cause: bucket.open, hop: bucket.hop, component: '', detail: bucket.why };
  }
  return undefined;
}

function filtered(
  gone: readonly ItemAccount[],
  { intent }: Pick<Unfinished, 'intent'>,
): Difference | undefined {
  for (const { bucket } of gone) {
    if (bucket.kind !== 'filtered' || isElsewhere({ bucket })) continue;
    if (intent && intent.outcome !== 'sampled') break;
    const head = bucket.type === 'probabilistic_sampler';
    const [hop = ''] = bucket.processor.split('/');
    if (bucket.behind) {
      const detail = `sampled, then dropped by ${bucket.processor} behind tail_sampling`;
      return { cause: 'promise-not-configured', hop, component: bucket.processor, detail };
    }
    return {
      cause: head ? 'sampled-before-tail' : 'filtered-before-tail',
      hop,
      component: bucket.processor,
      detail: head ? 'dropped by its hash before any gateway saw it' : 'dropped by its condition',
    };
  }
  return undefined;
}

/** Whatever was promised: by the config it arrives nowhere. */
function ended(gone: readonly ItemAccount[]): Difference | undefined {
  for (const { bucket } of gone) {
    if (bucket.kind !== 'ended') continue;
    const { exporter } = bucket;
    const [hop = ''] = exporter.split('/');
    const detail = `its way ends in ${exporter}, by the config`;
    return { cause: 'promise-not-configured', hop, component: exporter, detail };
  }
  return undefined;
}

function lost(gone: readonly ItemAccount[]): Difference | undefined {
  for (const { bucket } of gone) {
    if (bucket.kind !== 'lost') continue;
    const { cause, hop, component = hop, detail, why, fix } = bucket;
    return {
      ...{ cause, hop, component, detail },
      ...(why === undefined ? {} : { why }),
      ...(fix === undefined ? {} : { fix }),
    };
  }
  return undefined;
}

function notSampled(
  context: JudgeContext,
  account: Unfinished,
  gone: readonly ItemAccount[],
  at: { readonly hop: string; readonly component: string },
): Difference {
  if (account.intent?.outcome !== 'sampled') {
    return { ...at, cause: 'not-sampled', detail: 'no policy keeps it' };
  }
  const stays = account.stays.filter((stay) => stay.fate === 'decided');
  const pods = new Set(account.stays.map((stay) => stay.incarnation.key));
  const astray = account.stays.flatMap((stay) => whatParted(context, stay, account) ?? []);
  const outage = astray.some(({ by }) => by === 'outage');
  if (pods.size > 1) {
    const names = [...new Set(account.stays.map((s) => s.incarnation.life.pod))].join(', ');
    const stale = astray.find((one) => one.by === 'stale-ring');
    if (!outage && stale) {
      const { component } = stale.ring;
      const why = tellRing(stale.ring);
      const detail = `its spans went to ${names}: ${why}`;
      const [hop = ''] = component.split('/');
      return { cause: 'stale-ring', hop, component, detail, why };
    }
    const detail = `its spans went to ${names}`;
    if (outage) return { ...at, cause: 'split-by-outage', detail };
    return { ...at, ...splitter(context), cause: 'trace-split-across-gateways', detail };
  }
  const torn = account.stays.find((stay) => stay.doubts.has('eviction'));
  if (torn) {
    const pod = torn.incarnation.life.pod;
    const detail = `some of its spans came, or were due, about when it was pushed out of ${pod}`;
    const why = samplerWith(context, 'num_traces');
    return { ...at, cause: 'evicted-before-decision', detail, ...why };
  }
  const late = stays.find((stay) => stay.late.size > 0);
  const justThen = stays.find((stay) => stay.ambiguous && stay.decision?.outcome === 'not-sampled');
  if (late || justThen) {
    const missed = gone.filter(({ view }) => late?.late.has(view.item.item)).length;
    // What came at that very moment would have had it kept: so it was not among what was held.
    const detail = late
      ? `${missed} of its spans came after the decision`
      : 'some of its spans came just when it was decided';
    const refuser = outage ? undefined : refuserOf(context, gone);
    if (refuser) return { ...at, ...refuser, cause: 'split-by-refusal', detail };
    if (outage || cameByRetry(gone)) return { ...at, cause: 'split-by-outage', detail };
    const why = samplerWith(context, 'decision_wait');
    return { ...at, cause: 'decided-before-complete', detail, ...why };
  }
  if (account.spans.some(({ bucket }) => bucket.kind === 'lost')) {
    return { ...at, cause: 'split-by-outage', detail: 'others of its spans were lost' };
  }
  if (stays.some((stay) => stay.ambiguous)) {
    return {
      ...at,
      cause: 'evidence-missing',
      detail: 'what was held when it was decided is open',
    };
  }
  const tooLarge = stays.find(({ decision }) => decision?.policy === givenUp.policy);
  if (tooLarge && context.sampling) {
    const { maximumTraceSizeBytes: bytes, component } = context.sampling;
    const where = placeOfSetting(component, 'maximum_trace_size_bytes');
    const detail = `given up as larger than maximum_trace_size_bytes: ${formatCount(bytes)} (${where})`;
    return { ...at, cause: 'promise-not-configured', detail };
  }
  if (stays.some((stay) => stay.decision?.outcome === 'not-sampled')) {
    const detail = 'complete in time, but changed on its way: no policy keeps what came';
    return { ...at, cause: 'altered', detail };
  }
  return { ...at, cause: 'wrong-decision', detail: 'complete in time, but not kept' };
}

/** The exporter that spread the spans of a trace over several gateways. */
function splitter({ paths, samplerStep }: JudgeContext) {
  const before = paths.traces.steps[samplerStep - 1]?.tier;
  const tier = paths.traces.steps[samplerStep]?.tier.name ?? '';
  const [output, ...others] = sendersTo(before, 'traces', { tier });
  if (!before || !output || others.length > 0) return {};
  const { exporter, loadBalancing } = output;
  return {
    component: `${before.name}/${exporter.id}`,
    why: loadBalancing
      ? tellSetting(exporter, 'routing_key', 'traceID')
      : `${tellSetting(exporter, 'endpoint', 'none')}: it does not keep a trace’s spans together`,
  };
}

/**
 * A process of this tier was down while spans of the trace were on their way: then the parting of
 * the spans is the outage's doing, not the routing's.
 */
function whatParted(
  context: JudgeContext,
  stay: StayAccount,
  account: Unfinished,
): Astray | undefined {
  const arrivals = account.spans.flatMap(({ view }) => view.arrivals.flat());
  const firstMs = Math.min(...arrivals.map((a) => a.fromMs));
  const lastMs = Math.max(...arrivals.map((a) => a.toMs));
  return partedBy(context, stay.incarnation.tier, firstMs, lastMs);
}

/** Which component behind the first tier refused one of these, by its own words. */
function refuserOf(context: JudgeContext, gone: readonly ItemAccount[]): Culprit | undefined {
  for (const { view } of gone) {
    for (const [step, arrivals] of view.arrivals.entries()) {
      const tier = step > 0 ? context.paths.traces.steps[step]?.tier : undefined;
      const refused = arrivals.find(({ kind }) => kind === 'refused');
      const refuser = tier && refused && refuserIn(tier, 'traces', refused.message, context.spoken);
      if (refuser) return refuser;
    }
  }
  return undefined;
}

/** A first attempt of its delivery failed: what came late came by a retry. */
const cameByRetry = (gone: readonly ItemAccount[]): boolean =>
  gone.some(({ view }) => view.arrivals.some((arrivals) => arrivals.some((a) => a.kind !== 'ok')));
