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
    const receiver = targets.find((target) => target.id === id)?.receiver;
    const story = {
      hop: tier.name,
      component: `${tier.name}/${receiver?.id ?? ''}`,
      why: sharedBy(tier, own, context),
      fix: 'one replica, or a target allocator, which gives each target to one of them',
    };
    for (const block of doubled(own)) found.set(block, story);
  }
  return found;
}

/** Scrapes within the time in which a pod that began sooner was scraping as well. */
function doubled(scrapes: readonly BlockFact[]): number[] {
  const spans = [...Map.groupBy(scrapes, ({ scrape }) => scrape?.by ?? '').values()]
    .map((own) => ({ own, fromMs: own[0]?.dueMs ?? 0, toMs: own.at(-1)?.dueMs ?? 0 }))
    .sort((a, b) => a.fromMs - b.fromMs);
  return spans.flatMap(({ own }, i) =>
    own.flatMap(({ block, dueMs }) =>
      spans.slice(0, i).some(({ fromMs, toMs }) => fromMs <= dueMs && dueMs <= toMs) ? block : [],
    ),
  );
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
