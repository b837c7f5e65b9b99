import { type Decision, decide } from '../../pipeline/decide.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import type { Stay, Window } from './evictions.ts';
import { mayForget } from './forgetting.ts';
import type { Pause } from './pauses.ts';
import type { FactReader } from './reader.ts';
import type { Arrival, ItemView } from './sightings.ts';
import {
  accountStay,
  type Coming,
  type Due,
  dueBetween,
  firstCertain,
  type StayAccount,
  type StayPart,
} from './stay.ts';
import type { Ticks } from './ticks.ts';

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
      const key = arrival.incarnation.key;
      byProcess.set(key, [...(byProcess.get(key) ?? []), coming]);
    }
  }
  const viewOf = new Map(views.map((view) => [view.item.item, view]));
  const judgeBy = (times: ReadonlyMap<number, number>) => (items: ReadonlySet<number>) => {
    const held = [...items].flatMap((item) => viewOf.get(item) ?? []);
    if (held.some(reader.arrived.isBlindTo)) return undecidable;
    const facts = held.map((view) => {
      const most = times.get(view.item.item) ?? 1;
      const fact = reader.arrived.facts(view);
      return most > 1 ? { ...fact, comings: { least: 1, most } } : fact;
    });
    return decide(sampling, traceId, facts);
  };
  const all = [...byProcess].flatMap(([key, comings]) => {
    const judge = judgeBy(timesOf(comings));
    const stays = memory.evictions.get(key)?.get(trace);
    const parts = splitByStay(comings, stays);
    const own = accountParts(
      parts,
      sampling,
      memory.ticks.get(key),
      memory.pauses.get(key) ?? [],
      judge,
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

/** What nobody can say: the rules or what they look at are not modelled. */
export const undecidable: Decision = { outcome: 'unknown', policy: undefined, answers: [] };

function splitByStay(
  comings: readonly Coming[],
  stays: readonly Stay[] | undefined,
): Omit<StayPart, 'due'>[] {
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
  parts: readonly Omit<StayPart, 'due'>[],
  sampling: TailSampling,
  ticks: Ticks | undefined,
  pauses: readonly Pause[],
  judge: (items: ReadonlySet<number>) => Decision,
): StayAccount[] {
  const dues: Due[] = [];
  return parts.flatMap((part) => {
    if (part.comings.length === 0) return [];
    const entered = enteredBetween(part.comings);
    // Come back just when its earlier batch was due: with that one or with its own.
    const torn =
      part.torn || dues.some((due) => due.fromMs < entered.toMs && due.toMs > entered.fromMs);
    dues.push(dueBetween(entered, sampling, ticks, pauses));
    const due = dues.find(({ toMs }) => toMs > entered.fromMs) as Due;
    return accountStay({ ...part, torn, due }, sampling, ticks, judge);
  });
}

/** When its first span came: from the first that may have to the first that surely did. */
function enteredBetween(comings: readonly Coming[]): Window {
  const first = comings.reduce<Arrival>(
    (a, { arrival }) => (arrival.fromMs < a.fromMs ? arrival : a),
    (comings[0] as Coming).arrival,
  );
  return { fromMs: first.fromMs, toMs: firstCertain(comings).toMs };
}
