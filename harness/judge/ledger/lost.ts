import { backOffsOf, longestPauseMs } from '../../pipeline/retries.ts';
import { settingPath } from '../../pipeline/senders.ts';
import { batchedForMs, queuedForMs } from '../model/batches.ts';
import { isHopeless } from '../model/handshake.ts';
import { outputsOf } from '../model/outputs.ts';
import { hopName, type SignalPath } from '../model/path.ts';
import { isGoneWith, queuePlaces, queuesOf } from '../model/queues.ts';
import { tellSetting } from '../model/settings.ts';
import type { Done, ItemAccount } from './account.ts';
import { type Arrival, type ItemView, taken } from './arrival.ts';
import { itemIdOf } from './breaks.ts';
import type { JudgeContext } from './context.ts';
import { endOf } from './end-of.ts';
import { droppedBehind, refusedBehind } from './given-up.ts';
import type { Incarnation } from './incarnations.ts';
import { notAskedFor } from './not-asked-for.ts';
import { notTailed } from './not-tailed.ts';
import { pausedMs } from './pauses.ts';
import type { PodRecorders } from './recorders.ts';
import type { StayAccount } from './stay.ts';
import { cutShort, stillRetrying } from './still-retrying.ts';
import { slackMs } from './ticks.ts';

/** An item that did not arrive everywhere it should. */
interface Missing {
  readonly view: ItemView;
  /** What was seen of it at the backends that did not take it. */
  readonly attempts: readonly Arrival[];
  /** The stay that sampled it. */
  readonly stay: StayAccount | undefined;
}

/**
 * Says what became of an item that was taken in by `step`, meant to be handed on, and never taken
 * in behind it. In this order: the next hop said no for good; the process was killed while it had
 * it; the process's own log says that it gave up; it was left in a queue that went with its pod;
 * what remains is unexplained.
 */
export function lostBehind(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  item: Missing,
  done: Done,
): ItemAccount {
  const behind = step + 1;
  const last = behind >= path.steps.length;
  const attempts = last ? item.attempts : (item.view.arrivals[behind] ?? []);
  const holders = taken(item.view.arrivals[step] ?? []).flatMap((a) => a.incarnation ?? []);
  const hop = hopName(path, behind);
  const refused = attempts.filter((a) => a.kind === 'refused' && !a.missing);
  const final = refused.find((attempt) => attempt.final);
  const killed = holders.find(
    (holder) =>
      !final &&
      (holder.ending === 'killed' || groups(path, step)) &&
      holder.life.ending !== 'stop' &&
      hadAtItsEnd(context, path, step, item, attempts, holder) &&
      !wasOnDisk(context, path, step, item, holder),
  );
  const untailed = attempts.length === 0 && notTailed(context, path, step, item.view);
  if (untailed) return done(untailed);
  const unasked = notAskedFor(context, path, step, item.view);
  if (unasked) return done(unasked);
  const sinceMs = takenMs(item.view);
  // What had been refused, or had come to its queue, and was given up by the process's own log was
  // lost before the process was.
  const givenUp =
    killed && (refused.length > 0 || wasQueued(context, path, step, item, killed))
      ? context.drops.take([killed.life.pod], path.signal, sinceMs, killed.life.endedMs)
      : undefined;
  if (killed && !givenUp) {
    const ended = killed.ending === 'killed' ? 'was killed with it in its memory' : forgetting;
    const detail = `${killed.life.pod} ${ended}`;
    const tier = path.steps[step]?.tier.name ?? '';
    return done({ kind: 'lost', hop: tier, cause: 'held-by-killed', detail });
  }
  const pods = holders.map((h) => h.life.pod);
  const drop = givenUp ?? context.drops.take(pods, path.signal, sinceMs);
  const left =
    !final &&
    !drop &&
    holders.find((holder) => leftInQueue(context, path, step, item, attempts, holder));
  if (left) {
    return done(queueGone(context, path, step, left));
  }
  const hadIt = (holder: Incarnation) => hadAtItsEnd(context, path, step, item, attempts, holder);
  // What is sent to where nobody listens, or where no handshake can succeed, comes to nothing
  // however long the bench waits.
  const sender = outputsOf(path.steps[step]?.tier, path.signal).find(
    ({ exporter }) => exporter.id === drop?.component,
  );
  const next = path.steps[behind]?.tier;
  const isVain = sender && (sender.listensAt || isHopeless(sender, drop?.error ?? '', next));
  const open = final || isVain ? undefined : cutShort(context, holders, drop, hadIt);
  if (open) return stillRetrying(done, hop, open);
  const refusal = final ?? refused[0];
  if (refusal) return done(refusedBehind(context, path, step, refusal));
  const overrun =
    last && drop && /deadline ?exceeded/i.test(drop.error)
      ? context.deadlines.overrun(path, attempts)
      : undefined;
  if (drop && overrun) {
    const detail = `${drop.pod} ${drop.component}: ${drop.error}`;
    return done({ kind: 'lost', hop, cause: 'timeout-too-short', detail, ...overrun });
  }
  if (drop) return done(droppedBehind(context, path, step, drop, sinceMs));
  return untold(context, path, step, attempts, done);
}

/**
 * `groupbytrace` hands on nothing of what it holds when its process ends, however it does
 * (groupbytraceprocessor v0.152.0, event.go, shutdown).
 */
const groups = ({ steps }: SignalPath, step: number): boolean =>
  steps[step]?.processors.some(({ type }) => type === 'groupbytrace') ?? false;
const forgetting = 'ended with it held by groupbytrace, which hands on nothing at its end';

/** It was in a queue on a disk that went with its pod or container, or that nobody opens again. */
function leftInQueue(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  item: Missing,
  attempts: readonly Arrival[],
  holder: Incarnation,
): boolean {
  const { tier } = path.steps[step] ?? {};
  const ended = endOf(context, holder);
  const ownDoing = holder.ending === 'killed' && !wasOnDisk(context, path, step, item, holder);
  if (!tier || !ended || holder.life.ending === 'stop' || ownDoing) return false;
  const gone = queuePlaces(tier, path.signal).some((place) => isGoneWith(place, ended));
  return gone && hadAtItsEnd(context, path, step, item, attempts, holder);
}

/** The exporter whose queue it was, where it can be only one. */
function queueGone(context: JudgeContext, path: SignalPath, step: number, holder: Incarnation) {
  const { tier } = path.steps[step] ?? {};
  const ended = endOf(context, holder);
  const [queue, ...others] = outputsOf(tier, path.signal).flatMap(({ exporter }) => {
    if (!tier || !ended) return [];
    const gone = queuesOf(tier, exporter).filter(({ place }) => isGoneWith(place, ended));
    return gone.map(({ sender }) => ({ exporter, sender }));
  });
  const isThere = ended === 'nothing' && tier && queuePlaces(tier, path.signal).includes('volume');
  const [cause, became] = isThere
    ? (['queue-left-behind', 'which was scaled in: its volume stays, and nobody opens it'] as const)
    : (['queue-gone-with-pod', 'whose folder went with it'] as const);
  const detail = `left in the persistent queue of ${holder.life.pod}, ${became}`;
  const common = { kind: 'lost', hop: tier?.name ?? '', cause, detail } as const;
  if (!queue || others.length > 0) return common;
  const { exporter, sender } = queue;
  const storage = tellSetting(exporter, settingPath(sender, 'sending_queue.storage'), 'none');
  return { ...common, component: `${common.hop}/${exporter.id}`, why: storage };
}

/** It was past all that a process keeps in memory, and a successor could find it. */
function wasOnDisk(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  item: Missing,
  holder: Incarnation,
): boolean {
  const { tier } = path.steps[step] ?? {};
  const places = tier ? queuePlaces(tier, path.signal) : [];
  if (!tier || places.length === 0 || places.includes('memory')) return false;
  const copied = context.diskQueues(holder.life, tier, path.signal);
  const onDisk = copied
    ? copied.has(itemIdOf(item.view.item))
    : wasQueued(context, path, step, item, holder);
  return onDisk && endOf(context, holder) !== undefined;
}

/** It was past all that holds an item back in front of its exporter, when its process ended. */
function wasQueued(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  item: Missing,
  holder: Incarnation,
): boolean {
  const { processors = [] } = path.steps[step] ?? {};
  const sinceMs = readyMs(step, item, holder);
  const heldMs = batchedForMs(processors);
  // When it was acknowledged is known well, when it was decided or a batch was full is not.
  const isDelayed = heldMs > 0 || item.stay?.incarnation.key === holder.key;
  const queuedMs =
    sinceMs + heldMs + stoppedMs(context, holder, sinceMs) + (isDelayed ? slackMs : 0);
  return queuedMs <= (holder.life.endedMs ?? 0);
}

/** When a process had taken an item, and decided to hand it on. */
function readyMs(step: number, { view, stay }: Missing, { key }: Incarnation): number {
  const decidedMs = stay?.incarnation.key === key ? stay.decidedToMs : 0;
  return Math.max(decidedMs, takenAtMs(step, view, key));
}

const takenAtMs = (step: number, { arrivals }: ItemView, key: string): number =>
  Math.max(
    ...taken(arrivals[step] ?? []).flatMap((a) => (a.incarnation?.key === key ? a.toMs : [])),
  );

const takenMs = (view: ItemView): number => Math.min(...view.arrivals.flat().map((a) => a.fromMs));

/** An exporter gives each request this long, unless told otherwise (exporterhelper, timeout). */
const attemptWithinMs = 5_000;

/**
 * Acknowledged by a process that ended and not yet by the next hop: being sent again, or not yet
 * sent. Of the latter it is no excuse when the next hop went on taking requests for longer than
 * an exporter would have waited: then its turn had come, and passed.
 */
function hadAtItsEnd(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  item: Missing,
  attempts: readonly Arrival[],
  holder: Incarnation,
): boolean {
  const endedMs = holder.life.endedMs ?? Number.POSITIVE_INFINITY;
  const fromMs = takenAtMs(step, item.view, holder.key) - attemptWithinMs;
  const { tier } = path.steps[step] ?? {};
  const backOffs = outputsOf(tier, path.signal).flatMap(({ exporter }) => backOffsOf(exporter));
  const againWithinMs = attemptWithinMs + Math.max(0, ...backOffs.map(longestPauseMs));
  const isUnderWay = (attempt: Arrival): boolean =>
    attempt.fromMs >= fromMs && attempt.toMs >= endedMs - againWithinMs;
  if (attempts.some(isUnderWay)) return true;
  const sinceMs = readyMs(step, item, holder);
  const dueMs =
    sinceMs + batchMs(path, step) + attemptWithinMs + stoppedMs(context, holder, sinceMs);
  if (dueMs >= endedMs) return true;
  const wentOn = (recorders: ReadonlySet<number>) =>
    context.answeredBetween(recorders, dueMs, endedMs);
  if (step + 1 >= path.steps.length) return !wentOn(backendsOf(context, path));
  const pods = context.recordersOfPods(path.steps[step + 1]?.tier.name ?? '');
  // What waits for one pod is not helped by another: a sender has a connection or a queue for each.
  const isStuck = ({ pod, numbers }: PodRecorders): boolean =>
    !wentOn(numbers) &&
    (context.askedBetween(numbers, sinceMs, endedMs) || wasOut(context, pod, sinceMs, endedMs));
  return pods.some(isStuck) || !pods.some(({ numbers }) => wentOn(numbers));
}

/** For how long the process was stopped from a moment to its end. */
const stoppedMs = ({ pauses }: JudgeContext, { key, life }: Incarnation, fromMs: number): number =>
  pausedMs(pauses.get(key) ?? [], { fromMs, toMs: life.endedMs ?? Number.POSITIVE_INFINITY });

const wasOut = (
  { incarnations }: JudgeContext,
  pod: string,
  fromMs: number,
  toMs: number,
): boolean =>
  incarnations.outages.some((o) => o.pod === pod && o.fromMs <= toMs && o.toMs >= fromMs);

const backendsOf = ({ backendRecorders }: JudgeContext, { signal }: SignalPath) =>
  backendRecorders[signal];

/** How long the step's batches may hold an item back. */
function batchMs({ steps, signal }: SignalPath, step: number): number {
  const { processors = [], tier } = steps[step] ?? {};
  return batchedForMs(processors) + queuedForMs(outputsOf(tier, signal));
}

function untold(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  attempts: readonly Arrival[],
  done: Done,
): ItemAccount {
  const behind = step + 1;
  const last = behind >= path.steps.length;
  const hop = hopName(path, behind);
  // Some of what was sent together was not taken: which that is no answer tells.
  const partial = attempts.find((attempt) => attempt.rejectsSome);
  if (partial) {
    const lost = refusedBehind(context, path, step, { ...partial, final: true });
    return done(lost, { indeterminate: true });
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
