import type { Resource, Tier } from '../../pipeline/types.ts';
import { identityOf } from '../../tap/format.ts';
import { apply, troubleIn, waitFor } from './api.ts';
import { frontsOf, serviceKey, servicesOf } from './fronts.ts';
import type { Ground } from './ground.ts';
import { hostObjects, standIns } from './hosts.ts';
import type { Manifest } from './manifests.ts';
import { isCrashing, isUp, unreadyOf } from './ready.ts';
import { type Front, frontRules, translate } from './redirect.ts';
import { makerOf, podsOf, type RoleOf } from './roles.ts';
import { type ClusterTap, fileInside } from './tap.ts';
import type { PodWatcher } from './watcher.ts';

/** What starting the pipeline's own resources takes. */
export interface TierStart {
  readonly ground: Ground;
  readonly tap: ClusterTap;
  readonly watcher: PodWatcher;
  readonly roleOf: RoleOf;
  /** Takes what is not as in a cluster. */
  readonly notes: string[];
}

const readyWithinMs = 180_000;
const servicesWithinMs = 30_000;

/**
 * Applies the pipeline's resources as they are, and puts the tap in front of every pod that another
 * tier sends to. Receivers come first: exporters connect as soon as they run, and a connection that
 * is there before the tap would pass it by.
 */
export async function startTiers(start: TierStart): Promise<Front[]> {
  const { ground, tap, notes } = start;
  const { pipeline } = ground.context.spec;
  const makers = new Set(pipeline.tiers.map((tier) => makerOf(pipeline, tier)));
  const others = pipeline.resources.filter((resource) => !makers.has(resource));
  await apply(ground.kube, [
    ...hostObjects(standIns(pipeline.backends), pipeline.tiers, tap.address),
    ...applicable(others, notes).map(manifestOf),
  ]);
  const fronts: Front[] = [];
  for (const tier of pipeline.tiers.toReversed()) {
    const maker = makerOf(pipeline, tier);
    if (maker) await apply(ground.kube, [manifestOf(maker)]);
    await untilReady(start, tier);
    fronts.push(...(await record(start, tier, fronts.length)));
  }
  return fronts;
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

const manifestOf = ({ apiVersion, kind, name, namespace, value }: Resource): Manifest => {
  const { metadata } = value as { metadata?: Record<string, unknown> };
  return { ...value, apiVersion, kind, metadata: { namespace, ...metadata, name } };
};

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

/** Puts the tap in front of a tier's pods, where they are to be recorded. */
async function record(
  { ground, tap, watcher, roleOf }: TierStart,
  tier: Tier,
  from: number,
): Promise<Front[]> {
  const { context, nodes } = ground;
  const { spec, run, signal, onEvent } = context;
  const clusterAddresses = await untilServices(ground, tier);
  const pods = [...watcher.pods.values()];
  const fronts = frontsOf(spec.pipeline, tier, { pods, clusterAddresses, nodes, roleOf }, from);
  if (fronts.length === 0) return [];
  for (const { name, port, protocol, tapPort, nodeAddress, wayIn, pod } of fronts) {
    await tap.open({
      name: `${name}:${port}`,
      protocol,
      listen: { host: '0.0.0.0', port: tapPort },
      upstream: { host: nodeAddress, port: wayIn },
      file: fileInside(name),
      identity: identityOf(spec.runId, { name, hop: { tier: tier.name }, pod }),
    });
  }
  const workers = nodes.map((node) => node.name);
  await translate(run, workers, (node) => frontRules(fronts, node, tap.address), signal);
  onEvent(`the tap is in front of ${tier.name}`);
  return fronts;
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
