import { undecidable } from '../../pipeline/decide.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import type { Arrival, ItemView } from './arrival.ts';
import type { Stay, Window } from './evictions.ts';
import { mayForget } from './forgetting.ts';
import { createJudge, type Judge } from './held.ts';
import { asObserved } from './observed.ts';
import type { Pause } from './pauses.ts';
import type { FactReader } from './reader.ts';
import {
  accountStay,
  type Coming,
  type Due,
  dueBetween,
  firstCertain,
  type StayAccount,
  type StayPart,
  wholeWaitMs,
} from './stay.ts';
import { slackMs, type Ticks } from './ticks.ts';

/** What is known of gateway processes, by process: whom they pushed out, when they decide. */
export interface GatewayMemory {
  readonly evictions: ReadonlyMap<string, ReadonlyMap<number, readonly Stay[]>>;
  /** When each trace first came, sorted; only where decision caches may be too small. */
  readonly newTraces: ReadonlyMap<string, Float64Array>;
  readonly ticks: ReadonlyMap<string, Ticks>;
  /** When a process was stopped, of those that were. */
  readonly pauses: ReadonlyMap<string, readonly Pause[]>;
  /** How long `batch` in front of the sampler, in the same process, may hold a span back. */
  readonly batchedMs: number;
  /** What a process handed on is seen behind it: nothing behind the sampler drops or holds it. */
  readonly showsOutcome: boolean;
}

/**
 * Follows one trace through every gateway process that took spans of it. A decision falls in
 * (decision_wait, decision_wait + 1 s] after the first span; on SIGTERM what is there is decided at
 * once (processor.go, iter, samplingPolicyOnTick, Shutdown).
 */
export function accountStays(
  traceId: string,
  trace: number,
  views: readonly ItemView[],
  step: number,
  sampling: TailSampling,
  memory: GatewayMemory,
  reader: FactReader,
): StayAccount[] {
  const byProcess = new Map<string, Coming[]>();
  for (const view of views) {
    const dropped = reader.dropped(view);
    if (dropped === true) continue;
    for (const arrival of view.arrivals[step] ?? []) {
      if (arrival.kind === 'refused' || !arrival.incarnation) continue;
      const coming = {
        item: view.item.item,
        arrival: heldBack(arrival, memory.batchedMs),
        unsure: dropped === undefined,
      };
      const own = byProcess.get(arrival.incarnation.key);
      if (own) own.push(coming);
      else byProcess.set(arrival.incarnation.key, [coming]);
    }
  }
  const viewOf = new Map(views.map((view) => [view.item.item, view]));
  const all = [...byProcess].flatMap(([key, comings]) => {
    const judge = createJudge(sampling, traceId, viewOf, step, timesOf(comings), reader);
    const stays = memory.evictions.get(key)?.get(trace);
    const parts = splitByStay(comings, stays);
    const root = Math.min(...views.map((view) => view.item.item));
    const clock = { ticks: memory.ticks.get(key), pauses: memory.pauses.get(key) ?? [], root };
    const own = accountParts(parts, sampling, clock, judge).map((stay) =>
      asObserved(stay, views, step, memory.showsOutcome),
    );
    const newTraces = memory.newTraces.get(key);
    if (!newTraces) return own;
    return own.map((stay) => ({
      ...stay,
      mayForget: mayForget(stay, comings, sampling, newTraces),
    }));
  });
  return sampling.unmodelledSettings.length > 0 ? all.map(unsettled) : all;
}

const heldBack = (arrival: Arrival, ms: number): Arrival =>
  ms === 0 ? arrival : { ...arrival, toMs: arrival.toMs + ms };

/** How often each item may have come to a process. */
function timesOf(comings: readonly Coming[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const { item } of comings) times.set(item, (times.get(item) ?? 0) + 1);
  return times;
}

/** When and with what it was decided, pushed out or lost is not modelled. */
const unsettled = (stay: StayAccount): StayAccount => ({
  ...stay,
  fate: 'decided',
  decision: undecidable,
  doubts: new Set(['rules']),
  ambiguous: true,
});

type Undue = Omit<StayPart, 'due' | 'soonestMs'>;

function splitByStay(comings: readonly Coming[], stays: readonly Stay[] | undefined): Undue[] {
  if (!stays) return [{ comings, evicted: undefined, torn: false }];
  const tornAt = stays.map(({ evicted }) => comings.some((c) => evicted && overlap(c, evicted)));
  const ownOf = comings.map(({ arrival }) =>
    Math.max(
      0,
      stays.findLastIndex(({ enteredMs }) => enteredMs <= arrival.fromMs),
    ),
  );
  return stays.map(({ evicted }, i) => ({
    comings: comings.filter((_, c) => ownOf[c] === i),
    evicted,
    torn: tornAt[i] === true || tornAt[i - 1] === true,
  }));
}

const overlap = ({ arrival }: Coming, { fromMs, toMs }: Window): boolean =>
  arrival.toMs >= fromMs && arrival.fromMs <= toMs;

/**
 * Accounts for the stays of one trace in one process. A trace that was pushed out stays in the
 * batch of its first stay: when it has come back by then, it is decided with that batch
 * (processor.go, dropTrace leaves the decision batcher alone).
 */
function accountParts(
  parts: readonly Undue[],
  sampling: TailSampling,
  clock: ProcessClock,
  judge: Judge,
): StayAccount[] {
  const dues: Due[] = [];
  return parts.flatMap((part) => {
    if (part.comings.length === 0) return [];
    const entered = enteredBetween(part.comings);
    // Come back just when its earlier batch was due: with that one or with its own.
    const torn =
      part.torn || dues.some((due) => due.fromMs < entered.toMs && due.toMs > entered.fromMs);
    dues.push(dueOf(part.comings, entered, sampling, clock));
    const due = dues.find(({ toMs }) => toMs > entered.fromMs) as Due;
    const soonest = { fromMs: entered.fromMs - slackMs, toMs: entered.toMs };
    const soonestMs = Math.min(due.fromMs, dueOf(part.comings, soonest, sampling, clock).fromMs);
    return accountStay({ ...part, torn, due, soonestMs }, sampling, clock.ticks, judge);
  });
}

/** By what a process decides when: its ticks, its pauses, and the item that is a trace's root. */
interface ProcessClock {
  readonly ticks: Ticks | undefined;
  readonly pauses: readonly Pause[];
  readonly root: number;
}

/** When a trace is due; sooner where its root came and that is told to count. */
function dueOf(
  comings: readonly Coming[],
  entered: Window,
  sampling: TailSampling,
  { ticks, pauses, root }: ProcessClock,
): Due {
  const own = dueBetween(entered, wholeWaitMs(sampling), ticks, pauses);
  const roots = comings.filter(({ item }) => item === root);
  if (sampling.waitAfterRootMs === 0 || roots.length === 0) return own;
  const waitMs = Math.floor(sampling.waitAfterRootMs / 1_000) * 1_000;
  const sooner = dueBetween(enteredBetween(roots), waitMs, ticks, pauses);
  const isSure = roots.some(({ arrival, unsure }) => arrival.kind === 'ok' && !unsure);
  return {
    fromMs: Math.min(own.fromMs, sooner.fromMs),
    toMs: isSure ? Math.min(own.toMs, sooner.toMs) : own.toMs,
    paused: own.paused || sooner.paused,
  };
}

/** When its first span came: from the first that may have to the first that surely did. */
function enteredBetween(comings: readonly Coming[]): Window {
  const first = comings.reduce<Arrival>(
    (a, { arrival }) => (arrival.fromMs < a.fromMs ? arrival : a),
    (comings[0] as Coming).arrival,
  );
  return { fromMs: first.fromMs, toMs: firstCertain(comings).toMs };
}
