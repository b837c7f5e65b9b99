import type { OttlFacts } from '../model/ottl.ts';
import type { Dropper, SignalPath } from '../model/path.ts';
import type { JudgeContext } from './context.ts';
import type { StayAccount } from './sampler.ts';
import { type ItemView, taken } from './sightings.ts';

export type LostCause =
  | 'held-by-killed'
  | 'cut-by-restart'
  | 'evicted-before-decision'
  | 'refused-by-gateway'
  | 'refused-by-backend'
  | 'dropped-by-exporter';

/** Where one planned item ended: exactly one of these. */
export type Bucket =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'notOffered' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unseen' }
  | { readonly kind: 'filtered'; readonly processor: string; readonly type: string }
  | { readonly kind: 'notSampled'; readonly dropPolicy: string | undefined; readonly late: boolean }
  | {
      readonly kind: 'lost';
      readonly hop: string;
      readonly cause: LostCause;
      readonly detail: string;
    }
  | { readonly kind: 'unexplained'; readonly hop: string; readonly why: string };

export interface ItemAccount {
  readonly view: ItemView;
  readonly bucket: Bucket;
  /** The evidence leaves it open; beside the buckets. */
  readonly indeterminate: boolean;
  /** Evidence that should be there is not: leads to unknown, never to fail. */
  readonly missing: boolean;
}

/** What sampling had to say of an item; undefined on a path without sampling. */
export interface SampledFate {
  readonly stay: StayAccount | undefined;
  readonly late: boolean;
}

/**
 * Finds the bucket of one item. Seen at the backend wins over everything; then what the load was
 * answered; then the furthest process that took the item tells what became of it.
 */
export function accountItem(
  context: JudgeContext,
  path: SignalPath,
  view: ItemView,
  facts: OttlFacts,
  fate: SampledFate | undefined,
): ItemAccount {
  const done = (bucket: Bucket, over: Partial<ItemAccount> = {}): ItemAccount => ({
    view,
    bucket,
    indeterminate: false,
    missing: false,
    ...over,
  });
  if (taken(view.deliveries).length > 0) return done({ kind: 'delivered' });
  const unanswered = view.deliveries.find((delivery) => delivery.missing);
  if (unanswered) {
    const why = 'seen at the backend’s recorder, but no answer to its request was recorded';
    return done(
      { kind: 'unexplained', hop: hopName(path, path.steps.length), why },
      { indeterminate: true, missing: true },
    );
  }
  const step = furthestStep(view);
  if (step < 0) return notTaken(view, done);
  const dropper = firstDropper(path, step, view, facts);
  if (dropper?.certain) {
    return done({ kind: 'filtered', ...named(path, step, dropper.dropper) });
  }
  const sampling = path.steps[step]?.sampler ?? -1;
  if (sampling >= 0 && fate) {
    const decided = fromStay(path, step, view, fate, done);
    if (decided) return decided;
  }
  const account = lostBehind(context, path, step, view, done);
  if (account.bucket.kind === 'unexplained' && dropper) {
    return done(
      { kind: 'filtered', ...named(path, step, dropper.dropper) },
      { indeterminate: true },
    );
  }
  return account;
}

/** Index of the last step that surely took the item in; -1 where none did. */
export function furthestStep(view: ItemView): number {
  return view.arrivals.findLastIndex((arrivals) => taken(arrivals).length > 0);
}

type Done = (bucket: Bucket, over?: Partial<ItemAccount>) => ItemAccount;

/** No process took it: the block's own outcome says why. */
function notTaken(view: ItemView, done: Done): ItemAccount {
  const outcome = view.block?.outcome;
  const seen = view.item.sightings.length > 0;
  if (!outcome) return done({ kind: 'notOffered' }, { missing: seen, indeterminate: seen });
  if (outcome.outcome === 'refused') {
    return done({
      kind: 'refused',
      message: `status ${outcome.status}, error code ${outcome.errorCode}`,
    });
  }
  return done({ kind: 'unseen' }, { indeterminate: true });
}

function firstDropper(
  path: SignalPath,
  stepIndex: number,
  view: ItemView,
  facts: OttlFacts,
): { readonly dropper: Dropper; readonly certain: boolean } | undefined {
  const step = path.steps[stepIndex];
  let uncertain: Dropper | undefined;
  for (const dropper of step?.droppers ?? []) {
    const drops = dropper.drops(facts, view.item.traceId);
    if (drops) return { dropper, certain: true };
    if (drops === undefined) uncertain ??= dropper;
  }
  return uncertain && { dropper: uncertain, certain: false };
}

const named = (path: SignalPath, step: number, { component }: Dropper) => ({
  processor: `${path.steps[step]?.tier.name}/${component.id}`,
  type: component.type,
});

export const hopName = (path: SignalPath, to: number): string => {
  const name = (i: number): string =>
    path.steps[i]?.tier.name ?? path.backends.map((b) => b.split(':')[0]).join('+');
  return to === 0 ? `load→${name(0)}` : `${name(to - 1)}→${name(to)}`;
};

/** Undefined where sampling does not explain the item: it was sampled, or nothing is known. */
function fromStay(
  path: SignalPath,
  step: number,
  view: ItemView,
  { stay, late }: SampledFate,
  done: Done,
): ItemAccount | undefined {
  if (!stay) return undefined;
  const tier = path.steps[step]?.tier.name ?? '';
  const lost = (cause: LostCause, detail: string, indeterminate = false): ItemAccount =>
    done({ kind: 'lost', hop: tier, cause, detail }, { indeterminate });
  if (stay.fate === 'held') {
    return lost('held-by-killed', `${stay.incarnation.life.pod} ended before it decided`);
  }
  if (stay.fate === 'evicted') {
    const detail = `pushed out of ${stay.incarnation.life.pod}`;
    return lost('evicted-before-decision', detail, stay.ambiguous);
  }
  const decision = stay.decision;
  const sampled = decision?.outcome === 'sampled';
  if (sampled && !stay.ambiguous) return undefined;
  if (stay.ambiguous && stay.incarnation.ending === 'killed') {
    return lost('held-by-killed', 'killed within the tick of its decision', true);
  }
  if (sampled && stay.evictionOpen) {
    const detail = 'it came, or was due, about when its trace was pushed out';
    return lost('evicted-before-decision', detail, true);
  }
  const dropPolicy = decision?.outcome === 'dropped' ? decision.policy : undefined;
  return done(
    { kind: 'notSampled', dropPolicy, late: late || stay.late.has(view.item.item) },
    { indeterminate: stay.ambiguous },
  );
}

/** Taken in by `step`, meant to be handed on, never taken in behind it. */
function lostBehind(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  view: ItemView,
  done: Done,
): ItemAccount {
  const behind = step + 1;
  const last = behind >= path.steps.length;
  const hop = hopName(path, behind);
  const attempts = last ? view.deliveries : (view.arrivals[behind] ?? []);
  const holders = taken(view.arrivals[step] ?? []).flatMap((a) => a.incarnation ?? []);
  const killed = holders.find((holder) => holder.ending === 'killed');
  if (killed) {
    const detail = `${killed.life.pod} was killed with it in its memory`;
    return done({
      kind: 'lost',
      hop: path.steps[step]?.tier.name ?? '',
      cause: 'held-by-killed',
      detail,
    });
  }
  const refusal = attempts.find((attempt) => attempt.kind === 'refused');
  const sinceMs = Math.min(...view.arrivals.flat().map((a) => a.fromMs));
  const drop = context.drops.take(
    holders.map((h) => h.life.pod),
    path.signal,
    sinceMs,
  );
  if (refusal && !refusal.missing) {
    const cause = last ? 'refused-by-backend' : 'refused-by-gateway';
    return done({ kind: 'lost', hop, cause, detail: refusal.message });
  }
  if (drop) {
    const detail = `${drop.pod} ${drop.component}: ${drop.error}`;
    const restarted = context.incarnations.endedEarly.some((i) => i.ending === 'graceful');
    const cause = restarted && !last ? 'cut-by-restart' : 'dropped-by-exporter';
    return done({ kind: 'lost', hop, cause, detail });
  }
  if (attempts.some((attempt) => attempt.kind === 'maybe' && !attempt.missing)) {
    const why = 'its last request to the next hop broke off without an answer and was not repeated';
    return done({ kind: 'unexplained', hop, why }, { indeterminate: true });
  }
  const unanswered = attempts.some((attempt) => attempt.missing);
  const next = path.steps[behind]?.tier.name ?? '';
  const unrecorded = !last && context.recordersOfTier(next).size === 0;
  const where = last ? 'the backend’s recorder' : `the recorder of ${next}`;
  const why = unanswered
    ? `no answer to its request at ${where} was recorded`
    : unrecorded
      ? `acknowledged by ${path.steps[step]?.tier.name}; what came to ${next} was not recorded`
      : `acknowledged by ${path.steps[step]?.tier.name}, never seen at ${where}`;
  const missing = unanswered || unrecorded;
  return done({ kind: 'unexplained', hop, why }, { missing, indeterminate: missing });
}
