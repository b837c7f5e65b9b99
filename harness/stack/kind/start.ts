import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programsOf } from '../../pipeline/backends.ts';
import type { BackendKind } from '../../pipeline/types.ts';
import { readVersions, type Versions } from '../acquire/index.ts';
import type { RunningStack, StackSpec } from '../types.ts';
import { apply, connect, type Kube, troubleIn, waitFor } from './api.ts';
import { appImages, appObjects, appPrograms, putApp } from './app.ts';
import { backendObjects, benchNamespace, sharedObjects, withTierJobs } from './backends.ts';
import { createCluster } from './cluster.ts';
import type { ComingUp, StartContext, WorkerNode } from './ground.ts';
import { ensureImages, loadImages, loadLackingImages } from './images.ts';
import { imagesOf, type Manifest } from './manifests.ts';
import { controlPlaneOf, nodeNameIn } from './names.ts';
import { nodePrograms } from './node-exec.ts';
import { startPipeline } from './pipeline.ts';
import { installPlatform, readPlatform } from './platform.ts';
import { startShop } from './shop.ts';

const fixtures = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'backends');
const nodesWithinMs = 120_000;
const backendsWithinMs = 120_000;

/** Makes the cluster and everything in it and beside it; resolves when the load may come. */
export async function startInCluster(context: StartContext): Promise<RunningStack> {
  const { spec, run, names, kindBinary, onEvent, signal } = context;
  const { images } = await readVersions(context.acquire.fixturesDir);
  const platform = await readPlatform();
  const kinds = programsOf(spec.pipeline);
  const backendImages = kinds.map((kind) => images[kind]);
  const own = [images.kindNode, images.pause, images.node, images.k6, ...backendImages];
  const collectors = [
    ...spec.pipeline.tiers.map((tier) => tier.workload.image),
    ...imagesOf(spec.pipeline.resources.map((resource) => resource.value)),
  ];
  const apps = appImages(spec, images);
  await ensureImages(run, [...own, ...collectors, ...apps, ...platform.images], onEvent, signal);
  const workerNames = spec.workerNodes.map((name) => nodeNameIn(names, context.configName, name));
  const { scratchFolder } = context;
  const { cluster } = names;
  const loadInto = context.warm ? loadLackingImages : loadImages;
  const load = (wanted: readonly string[], nodes: readonly string[]): Promise<void> =>
    loadInto(run, { kindBinary, cluster, images: wanted, nodes, scratchFolder }, signal);

  // What is the bench's own runs beside the control plane, and its images are needed nowhere else.
  const home = controlPlaneOf(names);
  const nodesRun = Promise.withResolvers<void>();
  const { onPlatform, onPipeline, onBackends } = loadInTurn(nodesRun.promise, {
    onPlatform: async () => (context.warm ? undefined : load(platform.images, [home])),
    onPipeline: () => load([...collectors, images.pause, ...apps], workerNames),
    onBackends: () => load(backendImages, [home]),
  });
  const kube = context.warm ?? (await makeCluster(context, images.kindNode, nodesRun));
  nodesRun.resolve();
  const nodes = await untilNodesReady(kube, workerNames);
  onEvent('the cluster is up');
  // Collectors take ten seconds from their start to their second probe: all else comes up then.
  const collectorsRun = Promise.withResolvers<void>();
  const objects = Object.groupBy(allBackendObjects(spec, kinds, images, home), partOf);
  const comingUp: ComingUp = {
    images: onPipeline,
    backendServices: apply(kube, [...sharedObjects(kinds), ...(objects.services ?? [])]),
    backends: (async () => {
      await Promise.all([onBackends, collectorsRun.promise]);
      await apply(kube, objects.programs ?? []);
      await untilBackendsReady(kube, kinds.length);
      onEvent(`${kinds.join(', ')} are ready`);
    })(),
    platform: (async () => {
      await onPlatform;
      if (!context.warm) await installPlatform(kube, platform, home, onEvent);
    })(),
    shop: (async () => {
      await onPipeline;
      await putApp(run, nodePrograms, spec, workerNames);
      await collectorsRun.promise;
      const programs = appPrograms(spec, images);
      const pods = await startShop(
        ...([kube, spec.pods, images.pause, workerNames, programs, appObjects(spec)] as const),
      );
      onEvent(`${pods.length} pods of sample services run`);
      return pods;
    })(),
  };
  const { resolve: onCollectorsRun } = collectorsRun;
  const ground = { context, kube, images, kinds, nodes, platform, comingUp, onCollectorsRun };
  return startPipeline(ground);
}

async function makeCluster(
  context: StartContext,
  nodeImage: string,
  nodesRun: PromiseWithResolvers<void>,
): Promise<Kube> {
  const { run, names, onEvent, signal, kubeconfigFile } = context;
  onEvent(`making the cluster ${names.cluster}`);
  try {
    const request = { ...context, nodeImage, onNodesRun: nodesRun.resolve };
    await createCluster(run, request, onEvent, signal);
  } catch (error) {
    nodesRun.reject(error);
    throw error;
  }
  return connect(readFileSync(kubeconfigFile, 'utf8'), signal);
}

/** One after the other: two at a time take as long together, and the first is needed first. */
function loadInTurn<Name extends string>(
  begin: Promise<void>,
  loads: Readonly<Record<Name, () => Promise<void>>>,
): Record<Name, Promise<void>> {
  let last = begin;
  const named = Object.entries<() => Promise<void>>(loads).map(([name, load]) => {
    last = last.then(load);
    // Whoever needs it is told; none may, when the cluster does not come up.
    last.catch(() => undefined);
    return [name, last];
  });
  return Object.fromEntries(named);
}

async function untilNodesReady(kube: Kube, workers: readonly string[]): Promise<WorkerNode[]> {
  const missing = new Set(workers);
  return waitFor(
    kube,
    'the cluster’s nodes are not ready',
    nodesWithinMs,
    async () => {
      const { items } = await kube.core.listNode();
      const found = workers.flatMap((name): WorkerNode[] => {
        const { status } = items.find((node) => node.metadata?.name === name) ?? {};
        const ready = status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
        const address = status?.addresses?.find((a) => a.type === 'InternalIP')?.address;
        if (!ready || address === undefined) return [];
        missing.delete(name);
        return [{ name, address }];
      });
      return found.length === workers.length ? found : undefined;
    },
    () => `  ${[...missing].join(', ')}`,
  );
}

function allBackendObjects(
  { pipeline }: StackSpec,
  kinds: readonly BackendKind[],
  images: Versions['images'],
  node: string,
): Manifest[] {
  return kinds.flatMap((kind) => {
    const written = readFileSync(join(fixtures, `${kind}.yaml`), 'utf8');
    const config = kind === 'prometheus' ? withTierJobs(written, pipeline.tiers) : written;
    return backendObjects(kind, images[kind], config, node, pipeline.rules?.files);
  });
}

const partOf = ({ kind }: Manifest) => (kind === 'Service' ? 'services' : 'programs');

async function untilBackendsReady(kube: Kube, wanted: number): Promise<void> {
  await waitFor(
    kube,
    'the backends are not ready',
    backendsWithinMs,
    async () => {
      const { items } = await kube.core.listNamespacedPod({ namespace: benchNamespace });
      const ready = items.filter(({ status }) =>
        status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
      );
      return ready.length === wanted ? true : undefined;
    },
    () => troubleIn(kube, benchNamespace),
  );
}
