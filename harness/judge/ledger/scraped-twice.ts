import type { BlockFact } from '../../evidence/types.ts';
import { formatCount } from '../../lib/units.ts';
import { scrapedOf } from '../../pipeline/entry.ts';
import type { Tier } from '../../pipeline/types.ts';
import { at } from '../model/settings.ts';
import type { JudgeContext } from './context.ts';

/** A scrape of a target that another pod was scraping at the time. */
export interface ScrapedTwice {
  readonly hop: string;
  /** The receiver: `scraper/prometheus`. */
  readonly component: string;
  readonly why: string;
  readonly fix: string;
}

/**
 * By the numbers of their blocks, scrapes of targets by pods that came to it while another pod went
 * on with it. Who takes over where another one has ended is none of these.
 */
export function scrapedTwice(context: JudgeContext): ReadonlyMap<number, ScrapedTwice> {
  const { tier, targets = [] } = scrapedOf(context.pipeline) ?? {};
  if (!tier) return new Map();
  const found = new Map<number, ScrapedTwice>();
  const scrapes = context.evidence.blocks.filter(({ scrape }) => scrape && scrape.by !== '');
  for (const [id, own] of Map.groupBy(scrapes, ({ scrape }) => scrape?.target ?? '')) {
    const { receiver, intervalMs = 0 } = targets.find((target) => target.id === id) ?? {};
    const story = {
      hop: tier.name,
      component: `${tier.name}/${receiver?.id ?? ''}`,
      why: sharedBy(tier, own, context),
      fix: 'one replica, or a target allocator, which gives each target to one of them',
    };
    for (const block of doubled(own, (last) => awaitedMs(last, intervalMs, context))) {
      found.set(block, story);
    }
  }
  return found;
}

/**
 * Scrapes within the time in which a pod that began sooner was scraping as well.
 * @param goesOnMs for how long a pod goes on behind its last scrape
 */
function doubled(
  scrapes: readonly BlockFact[],
  goesOnMs: (last: BlockFact | undefined) => number,
): number[] {
  const spans = [...Map.groupBy(scrapes, ({ scrape }) => scrape?.by ?? '').values()]
    .map((own) => {
      const last = own.at(-1);
      return { own, fromMs: own[0]?.dueMs ?? 0, toMs: (last?.dueMs ?? 0) + goesOnMs(last) };
    })
    .sort((a, b) => a.fromMs - b.fromMs);
  return spans.flatMap(({ own }, i) =>
    own.flatMap(({ block, dueMs }) =>
      spans.slice(0, i).some(({ fromMs, toMs }) => fromMs <= dueMs && dueMs <= toMs) ? block : [],
    ),
  );
}

/** Until it would have come again, had the load gone on; no longer than it lived. */
function awaitedMs(
  last: BlockFact | undefined,
  intervalMs: number,
  { incarnations }: JudgeContext,
): number {
  const sentMs = last?.outcome?.sentMs ?? 0;
  const { endedMs = Number.POSITIVE_INFINITY } =
    incarnations.byAddress(last?.scrape?.by ?? '', sentMs)?.life ?? {};
  return Math.max(0, Math.min(intervalMs, endedMs - sentMs));
}

function sharedBy({ workload }: Tier, scrapes: readonly BlockFact[], context: JudgeContext) {
  const pods = new Set(
    scrapes.flatMap(
      ({ scrape, outcome }) =>
        context.incarnations.byAddress(scrape?.by ?? '', outcome?.sentMs ?? 0)?.life.pod ?? [],
    ),
  );
  const count = formatCount(pods.size);
  const which =
    workload.kind === 'daemonset' ? 'a pod on each node' : `replicas: ${workload.replicas}`;
  return `${count} pods scrape each of the targets (${which}, ${at(workload.place)}), and none knows of the others`;
}
