import { discoveredTargets } from './discovered-targets.ts';
import { monitoredJobs } from './monitored.ts';
import { list, object, type Plain, text, texts } from './read.ts';
import type { Labels } from './relabel.ts';
import {
  isAddress,
  jobLabels,
  type ScrapeTarget,
  targetOf,
  unmodelledIn,
  writtenJobs,
} from './scrape-target.ts';
import type { Component, Pipeline, Resource, Tier } from './types.ts';

export type { ScrapeTarget } from './scrape-target.ts';

type Around = Pick<Pipeline, 'tiers' | 'services' | 'backends'> &
  Partial<Pick<Pipeline, 'resources'>>;

/** Receivers by which a tier scrapes, for its pipelines of metrics. */
export const scrapersOf = ({ pipelines }: Pick<Tier, 'pipelines'>): Component[] => [
  ...new Set(
    pipelines
      .filter(({ signal }) => signal === 'metrics')
      .flatMap(({ receivers }) => receivers.filter(({ type }) => type === 'prometheus')),
  ),
];

/**
 * The targets of a tier that stand for applications: what its `static_configs` name and is neither
 * a collector (its own metrics) nor a backend, and what service discovery finds of the folder's
 * applications.
 */
export const scrapeTargetsOf = (tier: Tier, around: Around): ScrapeTarget[] => {
  const receivers = scrapersOf(tier);
  const named = receivers.flatMap((receiver) =>
    writtenJobs(receiver).flatMap(({ job, interval }) =>
      targetsOfJob(job, interval, receiver).filter((target) => isOutside(target, around)),
    ),
  );
  return toldApart([...named, ...discoveredTargets(tier, receivers, around.resources ?? [])]);
};

/** A scrape is known by its target's address: of two jobs that go to one, nobody tells whose. */
function toldApart(targets: readonly ScrapeTarget[]): ScrapeTarget[] {
  const scraped = Map.groupBy(
    targets.filter(({ leftOutBy }) => leftOutBy === undefined),
    ({ id }) => id,
  );
  return targets.map((target) =>
    (scraped.get(target.id)?.length ?? 0) > 1
      ? { ...target, unmodelled: target.unmodelled ?? `another job of ${target.id}` }
      : target,
  );
}

/** It looks for targets by service discovery, or an allocator does for it. */
export const isDiscovering = (tier: Tier, resources: readonly Resource[]): boolean =>
  monitoredJobs(tier, resources).length > 0 || discoveriesOf(tier).length > 0;

const discoveriesOf = (tier: Pick<Tier, 'pipelines'>) =>
  scrapersOf(tier).flatMap((receiver) =>
    writtenJobs(receiver).flatMap(({ job }) => {
      const kinds = Object.keys(job).filter((key) => key.endsWith('_sd_configs'));
      return kinds.map((kind) => ({ job, kind }));
    }),
  );

/**
 * Jobs whose targets service discovery finds and the bench does not serve, with its kind: `pods
 * (kubernetes_sd_configs)`; monitors that find nothing that the folder has.
 */
export function discoveringJobs(tier: Tier, around: Around): string[] {
  const { resources = [] } = around;
  const served = new Set(scrapeTargetsOf(tier, around).map(({ jobName }) => jobName));
  const monitors = monitoredJobs(tier, resources).map(({ job }) => ({ job, kind: 'a monitor' }));
  return [...discoveriesOf(tier), ...monitors].flatMap(({ job, kind }) => {
    const name = text(job.job_name) ?? '';
    return served.has(name) ? [] : `${name} (${kind})`;
  });
}

function targetsOfJob(job: Plain, interval: string, receiver: Component): ScrapeTarget[] {
  const common = jobLabels(job, interval);
  const unmodelled = unmodelledIn(job);
  return list(job.static_configs).flatMap((written) => {
    const { targets, labels: added } = object(written);
    return texts(targets).flatMap((address) => {
      const labels = { ...common, __address__: address, ...textsOf(added) };
      return targetOf(labels, { job, receiver, unmodelled }) ?? [];
    });
  });
}

const textsOf = (written: unknown): Labels =>
  Object.fromEntries(
    Object.entries(object(written)).flatMap(([key, value]) => {
      const own = text(value);
      return own === undefined ? [] : [[key, own]];
    }),
  );

/** Neither its own process, nor a Service of the folder, nor what it sends to. */
function isOutside({ host }: ScrapeTarget, { services, backends }: Around): boolean {
  if (host === 'localhost' || isAddress(host)) return false;
  const [name, namespace] = host.split('.');
  const isOwn = services.some(
    (own) => own.name === name && (namespace === undefined || own.namespace === namespace),
  );
  return !isOwn && !backends.some((backend) => backend.host === host);
}
