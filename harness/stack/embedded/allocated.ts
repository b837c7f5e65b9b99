import { setTimeout as sleep } from 'node:timers/promises';
import { formatMs } from '../../lib/units.ts';
import { type Allocator, allocatorPort, allocatorsOf } from '../../pipeline/allocator.ts';
import { scrapedOf } from '../../pipeline/entry.ts';
import { list, object, texts } from '../../pipeline/read.ts';
import { isAddress, type ScrapeTarget } from '../../pipeline/scrape-target.ts';
import type { PodState } from './cluster.ts';
import type { InnerMessage, InnerSpec } from './protocol.ts';

/** Monitors, the pods behind them and collectors are each looked for every 5 s. */
const timeoutMs = 30_000;
const askEveryMs = 200;

/**
 * Resolves when each allocator knows the pods that scrape and the targets that it is to share out,
 * so that pods are told them when they first ask: they ask again after half a minute only. What it
 * still does not know is said in a note.
 */
export async function untilAllocated(
  spec: Pick<InnerSpec, 'pipeline' | 'collectors'>,
  allocators: readonly PodState[],
  send: (message: InnerMessage) => void,
): Promise<void> {
  send({ event: 'text', text: 'waiting until target allocators have shared their targets out' });
  const { tier: scraping, targets = [] } = scrapedOf(spec.pipeline) ?? {};
  for (const allocator of allocatorsOf(spec.pipeline)) {
    const { tier, host } = allocator;
    const pod = allocators.find((own) => own.spec.name === host);
    if (!pod) continue;
    const collectors = spec.collectors.filter((own) => own.tier === tier).length;
    const wanted = tier === scraping?.name ? sharedOut(targets, allocator) : 0;
    const known = await untilKnown(pod.address, { collectors, targets: wanted });
    if (known.collectors >= collectors && known.targets >= wanted) continue;
    const had = `${known.collectors} of ${collectors} pods and ${known.targets} of ${wanted} targets`;
    const text = `${host} knew ${had}; its collectors began after ${formatMs(timeoutMs)} all the same`;
    send({ event: 'note', text });
  }
}

/** What static configurations name, whoever it is, and what is found of applications. */
function sharedOut(targets: readonly ScrapeTarget[], { jobs }: Allocator): number {
  const [found, named] = [true, false].map((isFound) =>
    targets.filter(({ host }) => isAddress(host) === isFound),
  ) as [ScrapeTarget[], ScrapeTarget[]];
  const written = Object.values(jobs).flatMap((job) =>
    list(job.static_configs).flatMap((group) => texts(object(group).targets)),
  );
  const isLeftOut = ({ leftOutBy }: ScrapeTarget): boolean => leftOutBy !== undefined;
  return (
    found.filter((own) => !isLeftOut(own)).length + written.length - named.filter(isLeftOut).length
  );
}

interface Known {
  readonly collectors: number;
  readonly targets: number;
}

async function untilKnown(address: string, wanted: Known): Promise<Known> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const known = readKnown(await metricsOf(address));
    const isKnown = known.collectors >= wanted.collectors && known.targets >= wanted.targets;
    if (isKnown || performance.now() > deadlineMs) return known;
    await sleep(askEveryMs);
  }
}

async function metricsOf(address: string): Promise<string> {
  try {
    const url = `http://${address}:${allocatorPort}/metrics`;
    return await (await fetch(url, { signal: AbortSignal.timeout(1_000) })).text();
  } catch {
    return '';
  }
}

/**
 * What an allocator tells of itself (v0.148.0, cmd/otel-allocator/internal/allocation): how many
 * pods it may give targets to, and how many targets it has given out.
 */
export function readKnown(metrics: string): Known {
  const sum = (name: string): number =>
    metrics
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return {
    collectors: sum('opentelemetry_allocator_collectors_allocatable'),
    targets: sum('opentelemetry_allocator_targets_per_collector'),
  };
}
