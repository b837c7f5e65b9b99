import { resolved, undecidable } from '../../pipeline/decide.ts';
import type { ItemView } from './arrival.ts';
import type { StayAccount } from './stay.ts';
import { tickLagMs } from './ticks.ts';

/** What is sampled is seen behind the sampler within this. */
const sampledSeenWithinMs = 1_000;

/**
 * Where a policy hangs on what else was decided before, what was handed on tells which way it went;
 * whether that can be is asked of all traces of a second together (`limits.ts`).
 *
 * @param showsOutcome nothing behind the sampler takes out or holds back what it sampled
 */
export function asObserved(
  stay: StayAccount,
  views: readonly ItemView[],
  step: number,
  showsOutcome: boolean,
): StayAccount {
  const { decision, incarnation, decidedToMs } = stay;
  if (decision?.outcome !== 'open') return stay;
  const held = views.filter(({ item }) => stay.held.has(item.item) || stay.open.has(item.item));
  const isOwn = held.every((view) => isOnlyAt(view, step, incarnation.key));
  const seen = held.some(
    ({ arrivals, deliveries }) =>
      deliveries.length > 0 || arrivals.slice(step + 1).some((own) => own.length > 0),
  );
  const { endedMs = Number.POSITIVE_INFINITY } = incarnation.life;
  if (!isOwn || (!seen && !showsOutcome)) {
    return { ...stay, decision: undecidable, doubts: withDoubt(stay, 'rules'), ambiguous: true };
  }
  const told = { ...stay, decision: resolved(decision, seen), ...askedBefore(stay, held, step) };
  if (!seen && incarnation.ending === 'killed' && decidedToMs + sampledSeenWithinMs > endedMs) {
    return { ...told, doubts: withDoubt(stay, 'ending'), ambiguous: true };
  }
  // An order of arrival that is not known leaves nothing to compare with.
  if (decision.asked.length === 0) {
    return { ...told, doubts: withDoubt(stay, 'arrivals'), ambiguous: true };
  }
  return told;
}

/** What was seen behind the sampler was decided before. */
function askedBefore(stay: StayAccount, held: readonly ItemView[], step: number) {
  const seen = held.flatMap(({ arrivals, deliveries }) =>
    [...arrivals.slice(step + 1).flat(), ...deliveries].map(({ fromMs }) => fromMs),
  );
  const seenMs = Math.min(...seen, stay.decidedToMs);
  return { decidedToMs: seenMs, askedFromMs: Math.min(stay.askedFromMs, seenMs - tickLagMs) };
}

const withDoubt = ({ doubts }: StayAccount, doubt: 'rules' | 'ending' | 'arrivals') =>
  new Set([...doubts, doubt]);

/** No other process took it in at that step. */
const isOnlyAt = ({ arrivals }: ItemView, step: number, key: string): boolean =>
  (arrivals[step] ?? []).every((a) => a.kind === 'refused' || a.incarnation?.key === key);
