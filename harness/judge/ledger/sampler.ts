import { type Decision, decide, type SpanFacts } from '../../pipeline/decide.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import type { Stay, Window } from './evictions.ts';
import type { Incarnation } from './incarnations.ts';
import type { Arrival, ItemView } from './sightings.ts';
import { type Ticks, tickBehind, tickLagMs } from './ticks.ts';

/** What one gateway process did with the spans of one trace that it held in one stay. */
export interface StayAccount {
  readonly incarnation: Incarnation;
  /**
   * `decided`: by its policies; `held`: the process was killed first; `evicted`: pushed out first.
   */
  readonly fate: 'decided' | 'held' | 'evicted';
  /** What the policies must say of what was held; undefined where nothing was decided. */
  readonly decision: Decision | undefined;
  /** The evidence leaves it open what was held, or whether it was decided, and it matters. */
  readonly ambiguous: boolean;
  /** Whether it was pushed out before it was decided, or with what, can't be told. */
  readonly evictionOpen: boolean;
  /** Between these moments the decision fell. */
  readonly decidedFromMs: number;
  readonly decidedToMs: number;
  /** Spans that were there when it was decided. */
  readonly held: ReadonlySet<number>;
  /** Spans that came after. */
  readonly late: ReadonlySet<number>;
}

interface Coming {
  readonly item: number;
  readonly arrival: Arrival;
}

const tickMs = 1_000;
/** A busy process may take its tick this much later than its clock says. */
const slackMs = 300;

/** What is known of gateway processes, by process: whom they pushed out, when they decide. */
export interface GatewayMemory {
  readonly evictions: ReadonlyMap<string, ReadonlyMap<number, readonly Stay[]>>;
  readonly ticks: ReadonlyMap<string, Ticks>;
}

/** The processor waits whole seconds, at least one (processor.go, Start). */
export const wholeWaitMs = ({ decisionWaitMs }: TailSampling): number =>
  Math.max(1_000, Math.floor(decisionWaitMs / 1_000) * 1_000);

/** What the analysis must know of a span beside its arrivals. */
export type FactsOf = (view: ItemView) => SpanFacts;

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
  factsOf: FactsOf,
): StayAccount[] {
  const byProcess = new Map<string, Coming[]>();
  for (const view of views) {
    for (const arrival of view.arrivals[step] ?? []) {
      if (arrival.kind === 'refused' || !arrival.incarnation) continue;
      const key = arrival.incarnation.key;
      byProcess.set(key, [...(byProcess.get(key) ?? []), { item: view.item.item, arrival }]);
    }
  }
  const viewOf = new Map(views.map((view) => [view.item.item, view]));
  const judge = (items: ReadonlySet<number>): Decision =>
    decide(
      sampling,
      traceId,
      [...items].flatMap((item) => {
        const view = viewOf.get(item);
        return view ? factsOf(view) : [];
      }),
    );
  return [...byProcess].flatMap(([key, comings]) => {
    const stays = memory.evictions.get(key)?.get(trace);
    const ticks = memory.ticks.get(key);
    return accountParts(splitByStay(comings, stays), sampling, ticks, judge);
  });
}

/** What one process held of a trace in one stay. */
interface Part {
  readonly comings: readonly Coming[];
  readonly evicted: Window | undefined;
  /** Something of it came just when the trace was pushed out: before or behind can't be told. */
  readonly torn: boolean;
}

function splitByStay(comings: readonly Coming[], stays: readonly Stay[] | undefined): Part[] {
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
  parts: readonly Part[],
  sampling: TailSampling,
  ticks: Ticks | undefined,
  judge: (items: ReadonlySet<number>) => Decision,
): StayAccount[] {
  const dues: Due[] = [];
  return parts.flatMap((part) => {
    if (part.comings.length === 0) return [];
    const first = firstOf(part);
    // Come back just when its earlier batch was due: with that one or with its own.
    const torn =
      part.torn || dues.some((due) => due.fromMs < first.toMs && due.toMs > first.fromMs);
    dues.push(dueBetween(first, wholeWaitMs(sampling), ticks));
    const due = dues.find(({ toMs }) => toMs > first.fromMs) as Due;
    return accountStay({ ...part, torn }, first, due, sampling, ticks, judge);
  });
}

function firstOf({ comings }: Part): Arrival {
  const certain = comings.filter(({ arrival }) => arrival.kind === 'ok');
  const opening = certain.length > 0 ? certain : comings;
  return opening.reduce((a, b) => (a.arrival.fromMs <= b.arrival.fromMs ? a : b)).arrival;
}

function accountStay(
  { comings, evicted, torn }: Part,
  first: Arrival,
  due: Due,
  sampling: TailSampling,
  ticks: Ticks | undefined,
  judge: (items: ReadonlySet<number>) => Decision,
): StayAccount {
  const incarnation = first.incarnation as Incarnation;
  const endedMs = incarnation.life.endedMs ?? Number.POSITIVE_INFINITY;
  const graceful = incarnation.ending === 'graceful';
  const decidedFromMs = graceful ? Math.min(due.fromMs, endedMs) : due.fromMs;
  const decidedToMs = Math.min(due.toMs, endedMs);
  const tooLate = (c: Coming): boolean => c.arrival.fromMs > decidedToMs;
  const held = setOf(
    comings.filter((c) => c.arrival.kind === 'ok' && c.arrival.toMs <= decidedFromMs),
  );
  const late = setOf(comings.filter(tooLate));
  const open = setOf(comings.filter((c) => !tooLate(c) && !held.has(c.item)));
  const inTick = evicted && evicted.fromMs < decidedToMs && evicted.toMs > decidedFromMs;
  const evictionOpen = torn || inTick === true;
  const common = { incarnation, decidedFromMs, decidedToMs, held, late, evictionOpen };
  if (evicted && evicted.toMs <= decidedFromMs) {
    return { ...common, fate: 'evicted', decision: undefined, ambiguous: torn };
  }
  const cut = incarnation.ending === 'killed' || (graceful && sampling.dropPendingOnShutdown);
  const reached = cut ? reachedBefore(endedMs, due, ticks) : 'yes';
  if (reached === 'no') return { ...common, fate: 'held', decision: undefined, ambiguous: false };
  const decision = judge(held);
  const whole = open.size > 0 ? judge(new Set([...held, ...open])) : decision;
  const ambiguous =
    decision.outcome === 'unknown' ||
    whole.outcome !== decision.outcome ||
    reached === 'open' ||
    evictionOpen;
  return { ...common, fate: 'decided', decision, ambiguous };
}

interface Due {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * When a trace that came with this arrival is decided: by the process's own clock where it is
 * known.
 */
function dueBetween({ fromMs, toMs }: Arrival, waitMs: number, ticks: Ticks | undefined): Due {
  if (!ticks) return { fromMs: fromMs + waitMs, toMs: toMs + waitMs + tickMs + slackMs };
  const closing = (atMs: number): number => tickBehind(ticks, atMs) + waitMs;
  return {
    fromMs: closing(fromMs) - tickLagMs,
    // Taken in just behind its tick, as the process sees it, a trace waits for the next.
    toMs: closing(toMs + tickLagMs) + ticks.spreadMs + tickLagMs,
  };
}

/** A tick with fewer kept traces than this may well have none. */
const tellingPerTick = 6;

/** Whether a process that ended came to decide a batch that was due then. */
function reachedBefore(endedMs: number, due: Due, ticks: Ticks | undefined): 'yes' | 'no' | 'open' {
  if (due.toMs <= endedMs) return 'yes';
  if (due.fromMs >= endedMs) return 'no';
  if (!ticks) return 'open';
  // The end falls into the batch's window: whether its burst was seen tells.
  const tickFromMs = due.fromMs + tickLagMs;
  if (ticks.lastTickMs > tickFromMs) return 'yes';
  if (ticks.lastTickMs === tickFromMs) {
    return endedMs - ticks.lastSeenMs > tickLagMs ? 'yes' : 'open';
  }
  return ticks.perTick >= tellingPerTick ? 'no' : 'open';
}

const setOf = (comings: readonly Coming[]): Set<number> => new Set(comings.map((c) => c.item));
