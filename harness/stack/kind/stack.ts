import { makerOf } from '../../pipeline/scaled.ts';
import type { BackendKind, Tier } from '../../pipeline/types.ts';
import { appTier } from '../../scenario/apps.ts';
import type { Entries, HttpTarget, RunningStack, TapFile } from '../types.ts';
import { remove, waitFor } from './api.ts';
import { usersUrlOf } from './app.ts';
import { clusterControl } from './control.ts';
import type { Ground } from './ground.ts';
import type { FrontKeeper } from './keeper.ts';
import type { LeftKeeper } from './left.ts';
import { loadLeadMs, runLoad } from './load.ts';
import type { LogKeeper } from './logs.ts';
import type { MomentKeeper } from './moments.ts';
import { nodePrograms } from './node-exec.ts';
import type { ShopPod } from './shop.ts';
import type { ClusterTap } from './tap.ts';
import type { PodWatcher } from './watcher.ts';

export interface StackParts {
  readonly ground: Ground;
  readonly shop: readonly ShopPod[];
  readonly notes: readonly string[];
  readonly broken: Promise<string>;
  readonly tap: ClusterTap;
  readonly tapFiles: ReadonlyMap<string, TapFile>;
  readonly backends: ReadonlyMap<BackendKind, HttpTarget>;
  readonly entries: Entries;
  readonly watcher: PodWatcher;
  readonly moments: MomentKeeper;
  readonly keeper: FrontKeeper;
  readonly logs: LogKeeper;
  readonly left: LeftKeeper;
}

/** The running cluster behind the interface that both runtimes have. */
export function clusterStack(parts: StackParts): RunningStack {
  const { ground, tap, watcher, keeper, moments, left } = parts;
  const { context, images } = ground;
  let stopped: Promise<void> | undefined;
  return {
    runtime: 'kind',
    broken: parts.broken,
    notes: parts.notes,
    versions: versionsOf(ground),
    addressOfPod: parts.shop.map((pod) => pod.address),
    uidOfPod: parts.shop.map((pod) => pod.uid),
    nodeNames: ground.nodes.map((node) => node.name),
    loadLeadMs,
    entries: parts.entries,
    usersUrl: usersUrlOf(context.spec, ground.nodes),
    backends: parts.backends,
    tapFiles: parts.tapFiles,
    tapCounts: () => tap.counts,
    lives: () => {
      const { lives } = watcher;
      return lives.map((life) => ({
        ...life,
        recorder: keeper.recorderOf(life.uid),
        left: left.of(life, lives),
      }));
    },
    runLoad: (request, signal) => {
      const { names, user, spec } = context;
      const settings = { names, image: images.k6, user, runFolder: spec.runFolder };
      return runLoad(settings, request, signal);
    },
    control: clusterControl({
      kube: ground.kube,
      pipeline: context.spec.pipeline,
      programs: nodePrograms,
      moments,
      watcher,
      left,
      taps: tap,
      recorderOf: keeper.recorderOf,
      runFolder: context.spec.runFolder,
    }),
    stopPipeline: () => {
      stopped ??= stopPipeline(parts);
      return stopped;
    },
    [Symbol.asyncDispose]: context.end,
  };
}

function versionsOf({ images, platform, context, kinds }: Ground): Record<string, string> {
  const tag = (image: string): string => image.slice(image.lastIndexOf(':') + 1);
  const kind = context.spec.binaries.get('kind')?.version;
  return {
    ...Object.fromEntries(kinds.map((name) => [name, tag(images[name])])),
    ...Object.fromEntries(platform.parts.map(({ name, version }) => [name, version])),
    ...Object.fromEntries(
      context.spec.pipeline.tiers.map(({ name, workload }) => [name, workload.image]),
    ),
    ...(kind === undefined ? {} : { kind }),
    k6: tag(images.k6),
    kubernetes: tag(images.kindNode),
  };
}

/** Beyond its grace a pod is killed; Kubernetes needs some time to see to all of that. */
const beyondGraceMs = 45_000;

/** Collectors first, in the order of the data; then the records are closed. */
async function stopPipeline({
  ground,
  watcher,
  keeper,
  logs,
  left,
  tap,
}: StackParts): Promise<void> {
  const { kube, context } = ground;
  watcher.stopping();
  keeper.end();
  await stopApp(ground, watcher);
  for (const tier of context.spec.pipeline.tiers) {
    await deleteTier(ground, tier);
    await waitFor(
      kube,
      `pods of ${tier.name} do not end`,
      tier.workload.terminationGraceMs + beyondGraceMs,
      () => {
        const left = watcher.lives.filter((l) => l.tier === tier.name && l.endedMs === undefined);
        return left.length === 0 ? true : undefined;
      },
    );
    context.onEvent(`${tier.name} is stopped`);
  }
  await logs.whole();
  await left.whole();
  await tap.close();
  context.onEvent('the records are closed');
}

/** Applications first: what they still hold goes in while the collectors take it. */
async function stopApp({ kube }: Ground, watcher: PodWatcher): Promise<void> {
  const own = () => watcher.lives.filter((l) => l.tier === appTier && l.endedMs === undefined);
  for (const { pod: name, uid } of own()) {
    const namespace = watcher.pods.get(uid)?.metadata?.namespace ?? '';
    await remove(kube, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } });
  }
  await waitFor(kube, 'pods of the application do not end', beyondGraceMs, () =>
    own().length === 0 ? true : undefined,
  );
}

/** Deletes what makes a tier's pods. */
async function deleteTier({ kube, context }: Ground, tier: Tier): Promise<void> {
  const maker = makerOf(context.spec.pipeline, tier);
  if (!maker) throw new Error(`nothing in the pipeline’s folder makes the pods of ${tier.name}`);
  const { apiVersion, kind, name, namespace } = maker;
  await remove(kube, { apiVersion, kind, metadata: { name, namespace } });
}
