import { type Applications, applicationAddress, applicationsOf } from './applications.ts';
import { discoveredOf, isKnownDiscovery } from './discovered.ts';
import { type LeftOut, type MonitoredJob, monitoredJobs, whyFindsNothing } from './monitored.ts';
import { type Plain, text } from './read.ts';
import {
  type Job,
  jobLabels,
  type ScrapeTarget,
  targetOf,
  unmodelledIn,
  writtenJobs,
} from './scrape-target.ts';
import type { Component, Resource, Tier } from './types.ts';

/** Behind the addresses of all pods: of what a monitor would have found. */
const firstMissing = 5_000;
const usualPort = 9464;

/**
 * The targets that a tier finds by service discovery among the folder's applications, and those
 * that a monitor does not find though it was written for some of them.
 */
export function discoveredTargets(
  tier: Tier,
  receivers: readonly Component[],
  resources: readonly Resource[],
): ScrapeTarget[] {
  const applications = applicationsOf(resources);
  const found = receivers.flatMap((receiver) =>
    writtenJobs(receiver).flatMap(({ job, interval }) => {
      if (!isKnownDiscovery(job)) return [];
      const unmodelled = unmodelledIn(job);
      return keptOf({ job, receiver, unmodelled }, interval, tier, applications);
    }),
  );
  const [receiver] = receivers;
  const monitored = receiver
    ? monitoredJobs(tier, resources).flatMap((own, i) =>
        ofMonitor(own, receiver, tier, applications, i),
      )
    : [];
  const all = [...found, ...monitored];
  // Where another job scrapes it, nobody misses the one that does not.
  const scraped = new Set(all.flatMap(({ id, leftOutBy }) => (leftOutBy === undefined ? id : [])));
  return all.filter(({ id, leftOutBy }) => leftOutBy === undefined || !scraped.has(id));
}

function ofMonitor(
  own: MonitoredJob,
  receiver: Component,
  tier: Tier,
  applications: Applications,
  index: number,
): ScrapeTarget[] {
  const { job, unmodelled, unselected } = own;
  const found = keptOf({ job, receiver, unmodelled }, '30s', tier, applications);
  if (found.length > 0) {
    return unselected ? found.map((target) => leftOut(target, unselected)) : found;
  }
  const why = whyFindsNothing(own, applications);
  if (!why) return [];
  const host = applicationAddress(firstMissing + index);
  const labels = { ...jobLabels(job, '30s'), __address__: `${host}:${usualPort}` };
  const target = targetOf(labels, { job: without(job), receiver, unmodelled });
  const id = text(job.job_name) ?? '';
  return target ? [leftOut({ ...target, id, called: id }, unselected ?? why)] : [];
}

const without = ({ relabel_configs: _, ...job }: Plain): Plain => job;

const leftOut = (target: ScrapeTarget, because: LeftOut): ScrapeTarget => ({
  ...target,
  leftOutBy: because.why,
  because,
});

/** What a job's rules leave of what it finds is all that it is meant for. */
function keptOf(
  own: Job,
  interval: string,
  { workload }: Tier,
  applications: Applications,
): ScrapeTarget[] {
  const common = jobLabels(own.job, interval);
  return discoveredOf(own.job, applications, workload.namespace).flatMap((labels) => {
    const target = targetOf({ ...common, ...labels }, own);
    if (!target || target.leftOutBy !== undefined) return [];
    const name = labels.__meta_kubernetes_pod_name;
    const namespace = labels.__meta_kubernetes_namespace ?? '';
    return [{ ...target, called: `${namespace}/${name}:${target.port}`, namespace }];
  });
}
