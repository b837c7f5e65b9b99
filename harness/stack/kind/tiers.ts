import { makerOf } from '../../pipeline/scaled.ts';
import type { Resource, Tier } from '../../pipeline/types.ts';
import { until } from '../../shell/until.ts';
import { apply, troubleIn, waitFor } from './api.ts';
import { ledOnNodes, ledTo, portsOf, serviceKey, servicesOf } from './fronts.ts';
import type { Ground } from './ground.ts';
import { hostObjects, standIns } from './hosts.ts';
import type { FrontKeeper } from './keeper.ts';
import { manifestOf } from './manifest-of.ts';
import { isCrashing, isUp, unreadyOf } from './ready.ts';
import { podsOf, type RoleOf } from './roles.ts';
import type { ClusterTap } from './tap.ts';
import type { PodWatcher } from './watcher.ts';

/** What starting the pipeline's own resources takes. */
export interface TierStart {
  readonly ground: Ground;
  readonly tap: ClusterTap;
  readonly watcher: PodWatcher;
  readonly keeper: FrontKeeper;
  readonly roleOf: RoleOf;
  /** Takes what is not as in a cluster. */
  readonly notes: string[];
}

const readyWithinMs = 180_000;
const runningWithinMs = 20_000;
const lookEveryMs = 100;
const servicesWithinMs = 30_000;

/**
 * Applies the pipeline's resources as they are, all tiers at once: the keeper puts the tap in front
 * of each pod, and nodes let no connection past it before. Resolves when every pod is ready.
 */
export async function startTiers(start: TierStart): Promise<void> {
  const { ground, tap, keeper, notes } = start;
  const { spec } = ground.context;
  const { pipeline } = spec;
  const makers = new Set(pipeline.tiers.flatMap((tier) => makerOf(pipeline, tier) ?? []));
  const others = pipeline.resources.filter((resource) => !makers.has(resource));
  await keeper.begin();
  await apply(ground.kube, [
    ...hostObjects(standIns(pipeline.backends), pipeline.tiers, tap.address),
    ...applicable(others, notes).map(manifestOf),
  ]);
  await apply(ground.kube, [...makers].map(manifestOf));
  const running = untilRunning(start).then(ground.onCollectorsRun);
  await Promise.all(
    pipeline.tiers.map(async (tier) => {
      if (portsOf(spec, tier).size > 0) {
        const services = await untilServices(ground, tier);
        const onNodes = ledOnNodes(spec, tier, ground.nodes);
        await keeper.lead([...ledTo(pipeline, tier, services), ...onNodes]);
      }
      await untilReady(start, tier);
    }),
  );
  await running;
  await keeper.settled();
}

/** Resolves when the containers of all tiers run, or that takes longer than anybody waits. */
async function untilRunning({ ground, watcher, roleOf }: TierStart): Promise<void> {
  const { context, kube, nodes } = ground;
  const { tiers } = context.spec.pipeline;
  const wanted = tiers.reduce((sum, tier) => sum + podsOf(tier, nodes.length), 0);
  const names = new Set(tiers.map(({ name }) => name));
  await until(runningWithinMs, lookEveryMs, () => {
    const run = [...watcher.pods.values()].filter(
      (pod) =>
        names.has(roleOf(pod)?.tier ?? '') &&
        pod.status?.containerStatuses?.some(({ state }) => state?.running),
    );
    return kube.signal.aborted || run.length >= wanted ? true : undefined;
  });
}

/** Groups whose definitions only some clusters have; the pipeline works without them. */
const optionalGroups = /^(monitoring\.coreos\.com|autoscaling\.k8s\.io|keda\.sh)\//;

function applicable(resources: readonly Resource[], notes: string[]): Resource[] {
  return resources.filter((resource) => {
    if (!optionalGroups.test(resource.apiVersion)) return true;
    notes.push(`${resource.kind}/${resource.name} is left out: this cluster has no such kind`);
    return false;
  });
}

async function untilReady({ ground, watcher, roleOf }: TierStart, tier: Tier): Promise<void> {
  const { context, kube, nodes } = ground;
  const wanted = podsOf(tier, nodes.length);
  const own = () => [...watcher.pods.values()].filter((pod) => roleOf(pod)?.tier === tier.name);
  await waitFor(
    kube,
    `the pods of ${tier.name} are not ready`,
    readyWithinMs,
    async () => {
      const crashing = own().find(isCrashing);
      if (crashing) throw await unreadyOf(kube, crashing, tier, readyWithinMs);
      const up = await Promise.all(own().map((pod) => isUp(kube, pod)));
      return up.filter(Boolean).length === wanted ? true : undefined;
    },
    async () => {
      for (const pod of own()) {
        if (!(await isUp(kube, pod))) throw await unreadyOf(kube, pod, tier, readyWithinMs);
      }
      const found = await troubleIn(kube, tier.workload.namespace);
      return found === '' ? '  the operator made no pods for it' : found;
    },
  );
  context.onEvent(`${tier.name} is ready: ${wanted} pods`);
}

/** Addresses of the Services that lead to a tier, once all are there; by `namespace/name`. */
async function untilServices(
  { kube, context }: Ground,
  tier: Tier,
): Promise<ReadonlyMap<string, string>> {
  const { namespace } = tier.workload;
  const wanted = servicesOf(context.spec.pipeline, tier).map(serviceKey);
  return waitFor(
    kube,
    `Services of ${tier.name} are not there`,
    servicesWithinMs,
    async () => {
      const { items } = await kube.core.listNamespacedService({ namespace });
      const found = new Map(
        items.map(({ metadata, spec }) => [
          `${metadata?.namespace}/${metadata?.name}`,
          spec?.clusterIP ?? '',
        ]),
      );
      return wanted.every((key) => found.has(key)) ? found : undefined;
    },
    () => `  wanted: ${wanted.join(', ')}`,
  );
}
