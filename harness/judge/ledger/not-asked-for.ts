import { scrapedOf } from '../../pipeline/entry.ts';
import type { SignalPath } from '../model/path.ts';
import { at } from '../model/settings.ts';
import type { Bucket } from './account.ts';
import type { ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';

/**
 * A metric point of a target that nobody scraped.
 *
 * @returns undefined where that is not what became of it
 */
export function notAskedFor(
  { pipeline }: JudgeContext,
  { signal }: SignalPath,
  step: number,
  { block }: ItemView,
): Bucket | undefined {
  // Asked of each item that is lost: the manifests are looked into for those of a scrape alone.
  if (step > 0 || block?.scrape?.by !== '') return undefined;
  const { tier, targets = [] } = scrapedOf(pipeline, signal) ?? {};
  if (!tier) return undefined;
  const target = targets.find(({ id }) => id === block.scrape?.target);
  const receiver = target?.receiver;
  const rule = target?.leftOutBy;
  return {
    kind: 'lost',
    hop: tier.name,
    component: `${tier.name}/${receiver?.id ?? ''}`,
    cause: 'target-not-scraped',
    detail: `${block.scrape?.target} was scraped by nobody`,
    ...(rule && receiver ? { why: `${rule} leaves it out (${at(receiver.place)})` } : {}),
  };
}
