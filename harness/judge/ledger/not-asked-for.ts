import { scrapedOf } from '../../pipeline/entry.ts';
import type { SignalPath } from '../model/path.ts';
import { at } from '../model/settings.ts';
import type { Bucket } from './account.ts';
import type { ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { missedBecause, tellMissed } from './missed-scrapes.ts';

/**
 * A metric point of a target that nobody scraped, or not when it was due.
 *
 * @returns undefined where that is not what became of it
 */
export function notAskedFor(
  context: JudgeContext,
  { signal }: SignalPath,
  step: number,
  { block }: ItemView,
): Bucket | undefined {
  // Asked of each item that is lost: the manifests are looked into for those of a scrape alone.
  if (step > 0 || block?.scrape?.by !== '') return undefined;
  const { tier, targets = [] } = scrapedOf(context.pipeline, signal) ?? {};
  if (!tier) return undefined;
  const { target: id, missed } = block.scrape;
  const receiver = targets.find((target) => target.id === id)?.receiver;
  const lost = { kind: 'lost', hop: tier.name, component: `${tier.name}/${receiver?.id ?? ''}` };
  if (missed) {
    const detail = tellMissed(id, missed, context.evidence.facts.startMs);
    const why = `${detail}; ${missedBecause(context, tier.name, missed)}`;
    return { ...lost, kind: 'lost', cause: 'scrape-missed', detail, why };
  }
  const rule = targets.find((target) => target.id === id)?.leftOutBy;
  const leftOut = rule && receiver && { why: `${rule} leaves it out (${at(receiver.place)})` };
  const detail = `${id} was scraped by nobody`;
  return { ...lost, kind: 'lost', cause: 'target-not-scraped', detail, ...leftOut };
}
