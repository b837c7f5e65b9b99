import { formatMs } from '../../lib/units.ts';
import {
  askedWithinMs,
  knownWithinMs,
  type SlowRing,
  slowRingTo,
  toldWithinMs,
} from '../model/resolver.ts';
import type { JudgeContext } from './context.ts';
import type { Outage } from './incarnations.ts';

/** What a change of a tier's pods did to what was on its way to them. */
export type Astray =
  | { readonly by: 'outage' }
  /** A sender's list of addresses was older than it need be. */
  | { readonly by: 'stale-ring'; readonly ring: SlowRing };

type Known = Pick<JudgeContext, 'pipeline' | 'incarnations' | 'evidence'>;

/**
 * Why what an agent took at a moment, and dropped at another, did not reach a pod of the tier. The
 * fault explains what was taken until a resolver that is left as it comes knew that the pod was
 * gone or, where no other pod was there, until one was; what was taken later was sent after a pod
 * that every other sender had forgotten.
 */
export function cutBy(
  context: Known,
  tier: string,
  takenMs: number,
  droppedMs: number,
): Astray | undefined {
  const ring = slowRingTo(context.pipeline, tier);
  const gone = outagesOf(context, tier).filter(
    (o) => (o.ending === 'graceful' || o.deleted) && droppedMs >= o.fromMs,
  );
  const askedMs = askedWithinMs(context.pipeline, tier);
  const couldKnowMs = (outage: Outage): number => {
    const sinceMs = hadOthers(context, outage) ? outage.fromMs : outage.toMs;
    if (askedMs > 0) return sinceMs + askedMs;
    return Math.max(sinceMs + knownWithinMs, outage.endedMs + toldWithinMs);
  };
  if (gone.some((outage) => takenMs <= couldKnowMs(outage))) return { by: 'outage' };
  if (ring && gone.some(({ toMs }) => takenMs <= toMs + ring.intervalMs)) {
    return { by: 'stale-ring', ring };
  }
  return undefined;
}

/**
 * What parted spans that were on their way to a tier between two moments: a pod that was away or
 * came, or agents whose lists of its pods differed for longer than need be.
 */
export function partedBy(
  context: Known,
  tier: string,
  fromMs: number,
  toMs: number,
): Astray | undefined {
  const turns = turnsOf(context, tier).filter((turn) => turn.fromMs <= toMs);
  const ring = slowRingTo(context.pipeline, tier);
  const lagMs = askedWithinMs(context.pipeline, tier);
  if (turns.some((turn) => turn.toMs + lagMs >= fromMs)) return { by: 'outage' };
  if (ring && turns.some((turn) => turn.toMs + ring.intervalMs >= fromMs)) {
    return { by: 'stale-ring', ring };
  }
  return undefined;
}

/** `the dns resolver asks every 30 s (its interval), so its list of pods may be that old` */
export const tellRing = ({ intervalMs }: SlowRing): string =>
  `the dns resolver asks every ${formatMs(intervalMs)} (its interval), so its list of pods may be that old`;

/**
 * When the pods of a tier were others for its senders than before or behind: one was away, or came.
 * That one is gone for good is told a while after it is.
 */
const turnsOf = (context: Known, tier: string): readonly Pick<Outage, 'fromMs' | 'toMs'>[] => [
  ...outagesOf(context, tier).map(({ fromMs, endedMs, toMs }) => ({
    fromMs,
    toMs: Math.max(toMs, endedMs + toldWithinMs),
  })),
  ...context.incarnations.joins.filter((join) => join.tier === tier),
];

const outagesOf = ({ incarnations }: Known, tier: string): readonly Outage[] =>
  incarnations.outages.filter((outage) => outage.tier === tier);

/** Other pods of the tier were ready when this one went, and stayed until it was known. */
const hadOthers = ({ evidence }: Known, { tier, pod, fromMs }: Outage): boolean =>
  evidence.lives.some(
    (life) =>
      life.tier === tier &&
      life.pod !== pod &&
      (life.readyMs ?? Number.POSITIVE_INFINITY) <= fromMs &&
      (life.endedMs ?? Number.POSITIVE_INFINITY) > fromMs + knownWithinMs,
  );
