import { type Decision, decide, type SpanFacts } from '../../pipeline/decide.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import type { Stay } from './evictions.ts';
import type { Incarnation } from './incarnations.ts';
import type { Arrival, ItemView } from './sightings.ts';

/** What one gateway process did with the spans of one trace that it held in one stay. */
export interface StayAccount {
  readonly incarnation: Incarnation;
  /** `decided`: by its policies; `held`: the process was killed first; `evicted`: pushed out first. */
  readonly fate: 'decided' | 'held' | 'evicted';
  /** What the policies must say of what was held; undefined where nothing was decided. */
  readonly decision: Decision | undefined;
  /** The evidence leaves it open what was held, or whether it was decided, and it matters. */
  readonly ambiguous: boolean;
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
  evictions: ReadonlyMap<string, ReadonlyMap<number, readonly Stay[]>>,
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
    const stays = evictions.get(key)?.get(trace);
    return splitByStay(comings, stays).map((part) => accountStay(part, sampling, judge));
  });
}

interface Part {
  readonly comings: readonly Coming[];
  readonly evictedMs: number | undefined;
}

function splitByStay(comings: readonly Coming[], stays: readonly Stay[] | undefined): Part[] {
  if (!stays) return [{ comings, evictedMs: undefined }];
  return stays.flatMap((stay) => {
    const own = comings.filter(
      ({ arrival }) =>
        arrival.fromMs >= stay.enteredMs &&
        arrival.fromMs < (stay.evictedMs ?? Number.POSITIVE_INFINITY),
    );
    return own.length > 0 ? [{ comings: own, evictedMs: stay.evictedMs }] : [];
  });
}

function accountStay(
  { comings, evictedMs }: Part,
  sampling: TailSampling,
  judge: (items: ReadonlySet<number>) => Decision,
): StayAccount {
  const certain = comings.filter(({ arrival }) => arrival.kind === 'ok');
  const opening = certain.length > 0 ? certain : comings;
  const first = opening.reduce((a, b) => (a.arrival.fromMs <= b.arrival.fromMs ? a : b));
  const incarnation = first.arrival.incarnation as Incarnation;
  const waitMs = Math.max(1_000, Math.floor(sampling.decisionWaitMs / 1_000) * 1_000);
  const dueFromMs = first.arrival.fromMs + waitMs;
  const dueToMs = first.arrival.toMs + waitMs + tickMs + slackMs;
  const endedMs = incarnation.life.endedMs ?? Number.POSITIVE_INFINITY;
  const graceful = incarnation.ending === 'graceful';
  const decidedFromMs = Math.min(dueFromMs, graceful ? endedMs : dueFromMs);
  const decidedToMs = Math.min(dueToMs, endedMs);
  const inTime = (c: Coming): boolean => c.arrival.toMs <= decidedFromMs;
  const tooLate = (c: Coming): boolean => c.arrival.fromMs > decidedToMs;
  const held = setOf(certain.filter(inTime));
  const late = setOf(comings.filter(tooLate));
  const open = setOf(comings.filter((c) => !tooLate(c) && !held.has(c.item)));
  const common = { incarnation, decidedFromMs, decidedToMs, held, late };
  if (evictedMs !== undefined && evictedMs <= decidedFromMs) {
    return { ...common, fate: 'evicted', decision: undefined, ambiguous: false };
  }
  const unfinished = graceful && sampling.dropPendingOnShutdown;
  if ((incarnation.ending === 'killed' || unfinished) && endedMs <= dueFromMs) {
    return { ...common, fate: 'held', decision: undefined, ambiguous: false };
  }
  const decision = judge(held);
  const whole = open.size > 0 ? judge(new Set([...held, ...open])) : decision;
  const cut = incarnation.ending === 'killed' && endedMs < dueToMs;
  const evictedInTick = evictedMs !== undefined && evictedMs < decidedToMs;
  const ambiguous =
    decision.outcome === 'unknown' || whole.outcome !== decision.outcome || cut || evictedInTick;
  return { ...common, fate: 'decided', decision, ambiguous };
}

const setOf = (comings: readonly Coming[]): Set<number> => new Set(comings.map((c) => c.item));
