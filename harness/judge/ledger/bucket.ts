import { guardType } from '../../pipeline/routes.ts';
import type { Tier } from '../../pipeline/types.ts';
import type { ItemFacts } from '../model/item-facts.ts';
import { type Dropper, hopName, type PathStep, type SignalPath } from '../model/path.ts';
import { tellSetting } from '../model/settings.ts';
import type { Bucket, Done, ItemAccount } from './account.ts';
import { type ItemView, taken } from './arrival.ts';
import { itemIdOf } from './breaks.ts';
import type { JudgeContext } from './context.ts';
import { endOfWay } from './ended.ts';
import { failedOver, withoutCause } from './failed-over.ts';
import { lostBehind } from './lost.ts';
import { endedUndecided, pushedOut } from './sampler-loss.ts';
import { answerText } from './sightings.ts';
import type { StayAccount } from './stay.ts';
import { stillRetrying } from './still-retrying.ts';

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
  facts: ItemFacts,
  fate: SampledFate | undefined,
): ItemAccount {
  const done = (bucket: Bucket, over: Partial<ItemAccount> = {}): ItemAccount => ({
    view,
    bucket,
    indeterminate: false,
    missing: false,
    ...over,
  });
  const absent = absentAt(path, view);
  if (absent.length === 0) {
    const unasked = misrouted(path, view, facts) ?? withoutCause(context, path, view);
    return done(unasked ?? { kind: 'delivered' });
  }
  const other = failedOver(context, path, view);
  if (other?.tookIt) return done(other.bucket);
  // Of two ways to a backend one may have brought it.
  const attempts = view.deliveries.filter(
    ({ backend, kind }) => absent.includes(backend ?? '') && kind !== 'ok',
  );
  const unanswered = attempts.find((delivery) => delivery.missing);
  if (unanswered) {
    const why = 'seen at the backend’s recorder, but no answer to its request was recorded';
    return done(
      { kind: 'unexplained', hop: hopName(path, path.steps.length), why },
      { indeterminate: true, missing: true },
    );
  }
  const step = furthestStep(view);
  if (step < 0) return notTaken(view, done);
  const at = path.steps[step];
  const inFront = firstDropper(at, false, view, facts);
  if (inFront?.certain) return done(leaving(path, step, inFront.dropper, view, facts));
  if (at && at.sampler >= 0 && fate) {
    const decided = fromStay(context, path, step, view, fate, done);
    if (decided) return decided;
  }
  const after = firstDropper(at, true, view, facts);
  if (after?.certain) return done(leaving(path, step, after.dropper, view, facts));
  if (other) return done(other.bucket);
  const dropper = inFront ?? after;
  const stay = fate?.stay;
  const ended = endOfWay(path, step, view, stay);
  const account = ended
    ? done({ kind: 'ended', exporter: ended })
    : lostBehind(context, path, step, { view, attempts, stay }, done);
  if ((ended || account.bucket.kind === 'unexplained') && dropper) {
    const by = named(path, step, dropper.dropper);
    return done({ kind: 'filtered', ...by }, { indeterminate: true, unmodelled: by.processor });
  }
  return account;
}

/** It came by a way that a routing connector does not send it. */
function misrouted(path: SignalPath, view: ItemView, facts: ItemFacts): Bucket | undefined {
  for (const [step, { tier, droppers }] of path.steps.entries()) {
    const guard = droppers.find(
      ({ component, drops }) =>
        component.type === guardType && drops(facts, view.item.traceId) === true,
    );
    if (!guard) continue;
    const why = `delivered, though ${tier.name}/${guard.component.id} leads it elsewhere`;
    return { kind: 'unexplained', hop: hopName(path, step + 1), why };
  }
  return undefined;
}

/** Backends that did not take it: each must. A signal that goes nowhere is nowhere delivered. */
function absentAt(path: SignalPath, { deliveries }: ItemView): readonly string[] {
  const { backends, twoWays = [] } = path;
  if (backends.length === 0) return [''];
  return backends.filter((b) => {
    const came = deliveries.filter((d) => d.kind === 'ok' && d.backend === b);
    const ways = new Set(came.map(({ remoteWrite }) => remoteWrite === true));
    return ways.size < (twoWays.includes(b) ? 2 : 1);
  });
}

/** Index of the last step that surely took the item in; -1 where none did. */
export function furthestStep(view: ItemView): number {
  return view.arrivals.findLastIndex((arrivals) => taken(arrivals).length > 0);
}

/** No process took it: the block's own outcome says why. */
function notTaken(view: ItemView, done: Done): ItemAccount {
  const outcome = view.block?.outcome;
  const seen = view.item.sightings.length > 0;
  if (!outcome) return done({ kind: 'notOffered' }, { missing: seen, indeterminate: seen });
  if (outcome.outcome === 'refused') {
    return done({
      kind: 'refused',
      message: answerText(outcome),
    });
  }
  return done({ kind: 'unseen' }, { indeterminate: true });
}

/** It stands behind the sampler of its step, and gets only what that sampled. */
const isBehind = ({ sampler }: PathStep, { index }: Dropper): boolean =>
  sampler >= 0 && index > sampler;

/** The first that drops it, before or behind the sampler. */
function firstDropper(
  step: PathStep | undefined,
  behind: boolean,
  view: ItemView,
  facts: ItemFacts,
): { readonly dropper: Dropper; readonly certain: boolean } | undefined {
  let uncertain: Dropper | undefined;
  for (const dropper of step?.droppers ?? []) {
    if (step && isBehind(step, dropper) !== behind) continue;
    const drops = dropper.drops(facts, view.item.traceId);
    if (drops) return { dropper, certain: true };
    if (drops === undefined) uncertain ??= dropper;
  }
  return uncertain && { dropper: uncertain, certain: false };
}

/** Dropped on purpose, sent elsewhere, or by a routing connector nowhere at all. */
function leaving(
  path: SignalPath,
  step: number,
  dropper: Dropper,
  view: ItemView,
  facts: ItemFacts,
): Bucket {
  if (!dropper.leadsNowhere?.(facts, view.item.traceId)) {
    return { kind: 'filtered', ...named(path, step, dropper) };
  }
  const hop = path.steps[step]?.tier.name ?? '';
  return {
    kind: 'lost',
    hop,
    component: `${hop}/${dropper.component.id}`,
    cause: 'routed-nowhere',
    detail: 'no row of its table takes it, and it has no default pipelines',
    why: tellSetting(dropper.component, 'default_pipelines', 'none'),
  };
}

function named(path: SignalPath, stepIndex: number, dropper: Dropper) {
  const step = path.steps[stepIndex];
  const { id, type } = dropper.component;
  const behind = step !== undefined && isBehind(step, dropper);
  return { processor: `${step?.tier.name}/${id}`, type, behind };
}

/** It lay in the queue on disk behind the sampler when its process ended: so it was decided. */
const wasQueued = (
  { diskQueues }: JudgeContext,
  tier: Tier | undefined,
  { incarnation }: StayAccount,
  { item }: ItemView,
): boolean =>
  tier !== undefined &&
  (diskQueues(incarnation.life, tier, 'traces')?.has(itemIdOf(item)) ?? false);

/** Undefined where sampling does not explain the item: it was sampled, or nothing is known. */
function fromStay(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  view: ItemView,
  { stay, late }: SampledFate,
  done: Done,
): ItemAccount | undefined {
  if (!stay) return undefined;
  const tier = path.steps[step]?.tier.name ?? '';
  const undecided = stay.fate === 'held' || stay.doubts.has('ending');
  if (undecided && stay.incarnation.life.ending === 'stop') {
    const { pod } = stay.incarnation.life;
    return stillRetrying(
      done,
      tier,
      `${pod} had not decided when the bench stopped the collectors`,
    );
  }
  if (undecided && wasQueued(context, path.steps[step]?.tier, stay, view)) return undefined;
  if (stay.fate === 'held') return done(endedUndecided(context, tier, stay));
  if (stay.fate === 'evicted') {
    const detail = `pushed out of ${stay.incarnation.life.pod}`;
    return done(pushedOut(context, tier, detail), { indeterminate: stay.ambiguous });
  }
  const decision = stay.decision;
  const sampled = decision?.outcome === 'sampled';
  const isLate = stay.late.has(view.item.item);
  const decidedAnew = isLate && stay.mayForget;
  if (sampled && !stay.ambiguous && !decidedAnew) return undefined;
  if (stay.doubts.has('ending')) {
    const ended = endedUndecided(context, tier, stay);
    const detail = `${stay.incarnation.life.pod} ended within the tick of its decision`;
    return done({ ...ended, detail }, { indeterminate: true });
  }
  if (sampled && stay.doubts.has('eviction')) {
    const detail = 'it came, or was due, about when its trace was pushed out';
    return done(pushedOut(context, tier, detail), { indeterminate: true });
  }
  const dropPolicy = decision?.outcome === 'dropped' ? decision.policy : undefined;
  return done(
    { kind: 'notSampled', dropPolicy, late: late || isLate },
    { indeterminate: stay.ambiguous || decidedAnew, ...unmodelledRule(context, tier, stay) },
  );
}

function unmodelledRule({ sampling }: JudgeContext, tier: string, { doubts }: StayAccount) {
  return doubts.has('rules') ? { unmodelled: `${tier}/${sampling?.component.id ?? ''}` } : {};
}
