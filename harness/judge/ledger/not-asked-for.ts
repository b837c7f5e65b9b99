import { allocatorsOf } from '../../pipeline/allocator.ts';
import { rightsLacking } from '../../pipeline/allocator-rights.ts';
import { scrapedOf } from '../../pipeline/entry.ts';
import type { ScrapeTarget } from '../../pipeline/scrape.ts';
import type { Pipeline, Tier } from '../../pipeline/types.ts';
import type { SignalPath } from '../model/path.ts';
import { at } from '../model/settings.ts';
import type { Bucket } from './account.ts';
import { type ItemView, taken } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { missedBecause, tellMissed, toldToPaused } from './missed-scrapes.ts';

/**
 * A metric point of a target that nobody scraped, or not when it was due, or whose answer nobody
 * read.
 *
 * @returns undefined where that is not what became of it
 */
export function notAskedFor(
  context: JudgeContext,
  { signal }: SignalPath,
  step: number,
  { block, arrivals }: ItemView,
): Bucket | undefined {
  // Asked of each item that is lost: the manifests are looked into for those of a scrape alone.
  if (step > 0 || !block?.scrape) return undefined;
  const { tier, targets = [] } = scrapedOf(context.pipeline, signal) ?? {};
  if (!tier) return undefined;
  const { target: id, missed } = block.scrape;
  const target = targets.find((own) => own.id === id);
  const called = target?.called ?? id;
  const component = `${tier.name}/${target?.receiver.id ?? ''}`;
  const lost = { kind: 'lost', hop: tier.name, component } as const;
  if (block.scrape.by !== '') {
    const [told] = arrivals[1]?.length ? [] : taken(arrivals[0] ?? []);
    const unread = told && target && toldToPaused(context, called, told, target.timeoutMs);
    return unread && { ...lost, cause: 'scrape-missed', ...unread };
  }
  if (missed) {
    const detail = tellMissed(called, missed, context.evidence.facts.startMs);
    const why = `${detail}; ${missedBecause(context, tier.name, missed)}`;
    return { ...lost, cause: 'scrape-missed', detail, why };
  }
  const why = target && whyNot(target, targets, tier, context.pipeline);
  const detail = `${called} was scraped by nobody`;
  return { ...lost, cause: 'target-not-scraped', detail, ...(why ? { why } : {}) };
}

/** What leaves it out, or keeps whoever shares targets out from finding any. */
function whyNot(
  { leftOutBy, because, receiver }: ScrapeTarget,
  targets: readonly ScrapeTarget[],
  tier: Tier,
  pipeline: Pipeline,
): string | undefined {
  if (because) return `${because.why} (${at(because.resource.place(because.path))})`;
  if (leftOutBy) return `${leftOutBy} leaves it out (${at(receiver.place)})`;
  const allocator = allocatorsOf(pipeline).find((own) => own.tier === tier.name);
  if (!allocator) return undefined;
  const found = targets.flatMap(({ namespace }) => namespace ?? []);
  return rightsLacking(allocator, pipeline.resources, [...new Set(found)]);
}
