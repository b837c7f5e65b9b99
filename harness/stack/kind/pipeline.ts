import { join } from 'node:path';
import { spokenAt } from '../../pipeline/backends.ts';
import { type BackendKind, isProgram, type Signal } from '../../pipeline/types.ts';
import { RunBroken } from '../../shell/budget.ts';
import { identityOf } from '../../tap/format.ts';
import { createHiding } from '../../tap/hide.ts';
import { apiPort, ingestPort } from '../embedded/podspec.ts';
import { nameOfBackend } from '../embedded/recorders.ts';
import type { Entries, HttpTarget, PodLife, RunningStack, SignalEntry, TapFile } from '../types.ts';
import { apply } from './api.ts';
import { benchNamespace } from './backends.ts';
import { rangesOf } from './cluster.ts';
import { entryOf, urlsOf } from './entries.ts';
import { type Led, portsOf } from './fronts.ts';
import type { Ground, StartContext } from './ground.ts';
import { takeGround } from './ground-rules.ts';
import { standIns } from './hosts.ts';
import { type FrontKeeper, keepFronts } from './keeper.ts';
import { keepLeft } from './left.ts';
import { keepLogs } from './logs.ts';
import { keepMoments } from './moments.ts';
import { nodePrograms } from './node-exec.ts';
import { untilResolved } from './resolved.ts';
import { createRoles } from './roles.ts';
import type { ShopPod } from './shop.ts';
import { clusterStack } from './stack.ts';
import { type ClusterTap, fileInside, startTap } from './tap.ts';
import { startTiers, type TierStart } from './tiers.ts';
import { watchPods } from './watcher.ts';

/** Where the tap listens for what is asked of the backends from outside. */
const firstQueryPort = 10_000;

/**
 * Starts the tap, then the pipeline's own resources behind it; resolves when every pod is ready,
 * and all that comes up beside it. Collectors take longest until they are probed for the second
 * time (each ten seconds unless the manifests say otherwise): they wait for nothing that they can
 * do without until the load comes.
 */
export async function startPipeline(ground: Ground): Promise<RunningStack> {
  const broken = Promise.withResolvers<string>();
  const death = broken.promise.then((why) => {
    throw new RunBroken(why);
  });
  death.catch(() => undefined);
  const started = Promise.all([startBehindTap(ground, broken), ...Object.values(ground.comingUp)]);
  const [stack] = await Promise.race([death, started]);
  return stack;
}

async function startBehindTap(
  ground: Ground,
  broken: PromiseWithResolvers<string>,
): Promise<RunningStack> {
  const { context, kube, nodes } = ground;
  const { spec, onEvent, names } = context;
  const notes = notesOf(ground);
  const tap = await startTap(
    {
      names,
      image: ground.images.node,
      user: context.user,
      folder: join(spec.runFolder, 'evidence', 'taps'),
      ports: ground.kinds.map((_, i) => firstQueryPort + i),
      hidden: spec.hidden,
    },
    broken.resolve,
  );
  context.atEnd(() => tap.remove());
  const workers = nodes.map((node) => node.name);
  await Promise.all(workers.map((node) => takeGround(nodePrograms, kube, node, tap.address)));
  const { tapFiles, backends } = await openTap(ground, tap);
  onEvent('the tap listens');

  const roleOf = createRoles(spec, workers);
  const isOver = ({ uid, life }: PodLife): boolean =>
    watcher.lives.some((l) => l.uid === uid && l.life === life && l.endedMs !== undefined);
  const logsFolder = join(spec.runFolder, 'evidence', 'logs');
  const moments = await keepMoments(nodePrograms, workers, onEvent);
  const hiding = createHiding(spec.hidden);
  const logs = keepLogs(kube, logsFolder, isOver, hiding);
  const left = keepLeft({
    programs: nodePrograms,
    moments,
    componentsOf: (name) => spec.pipeline.tiers.find((own) => own.name === name)?.components ?? [],
    hiding,
    runFolder: spec.runFolder,
  });
  const keeper = keepFronts({
    ground,
    programs: nodePrograms,
    tap,
    outside: await rangesOf(context.run, names.network),
    watcher: () => watcher,
    roleOf,
    tapFiles,
    fileOf: (name) => recordFile(context, name),
    onFailure: (why) => broken.resolve(`new pods can't be recorded: ${why}`),
  });
  const watcher = watchPods(kube, roleOf, moments, {
    onLife: (life, pod) => {
      const [container] = pod.spec?.containers ?? [];
      logs.follow(life, pod.metadata?.namespace ?? '', container?.name ?? '');
      left.follow(life, watcher.containerOf(life));
    },
    onChange: keeper.look,
    onTrouble: onEvent,
  });
  context.atEnd(() => {
    logs.end();
    left.end();
    watcher.end();
    moments.end();
  });
  const shop = await startAll({ ground, tap, watcher, keeper, roleOf, notes });
  notes.push(...(await untilResolved(ground, watcher, roleOf)));
  const entries = await enterAll(ground, keeper);
  return clusterStack({
    ground,
    shop,
    notes,
    broken: broken.promise,
    tap,
    tapFiles,
    backends,
    entries,
    watcher,
    moments,
    keeper,
    logs,
    left,
  });
}

/** Resolves when every pod of the pipeline is ready, and all that comes up beside them. */
async function startAll(start: TierStart): Promise<readonly ShopPod[]> {
  const { platform, images, shop, backends } = start.ground.comingUp;
  await Promise.all([platform, images]);
  const [pods] = await Promise.all([shop, backends, startTiers(start)]);
  return pods;
}

const recordFile = ({ spec }: StartContext, name: string): string =>
  join(spec.runFolder, 'evidence', 'taps', `${name}.tap`);

/** The tap's endpoints: one recorded a backend, one that only passes queries on a kind. */
async function openTap(
  { context, kube, kinds, nodes, comingUp }: Ground,
  tap: ClusterTap,
): Promise<{ tapFiles: Map<string, TapFile>; backends: Map<BackendKind, HttpTarget> }> {
  const host = nodes[0]?.address ?? '';
  await comingUp.backendServices;
  const { items } = await kube.core.listNamespacedService({ namespace: benchNamespace });
  const nodePortOf = (kind: BackendKind, port: number): number => {
    const service = items.find(({ metadata }) => metadata?.name === kind);
    return service?.spec?.ports?.find((p) => p.port === port)?.nodePort ?? 0;
  };
  const tapFiles = new Map<string, TapFile>();
  for (const { backend, tapPort } of standIns(context.spec.pipeline.backends)) {
    const { kind } = backend;
    const name = nameOfBackend(backend);
    const file = recordFile(context, name);
    const tapFile = { name, file, hop: { backend: backend.id }, pod: undefined };
    tapFiles.set(name, tapFile);
    const protocol = spokenAt(backend);
    await tap.open({
      name,
      // Where nobody listens, the Service leads to a port of the tap's at which it does not either.
      protocol: protocol ?? 'silent',
      listen: { host: '0.0.0.0', port: tapPort },
      upstream: isProgram(kind)
        ? { host, port: nodePortOf(kind, ingestPort[kind][protocol ?? backend.protocol]) }
        : 'nobody',
      file: fileInside(name),
      identity: identityOf(context.spec.runId, tapFile),
    });
  }
  const backends = new Map<BackendKind, HttpTarget>();
  for (const [i, kind] of kinds.entries()) {
    const port = firstQueryPort + i;
    await tap.open({
      name: `${kind} API`,
      protocol: 'tcp',
      listen: { host: '0.0.0.0', port },
      upstream: { host, port: nodePortOf(kind, apiPort[kind]) },
      file: '',
    });
    backends.set(kind, tap.reach(port));
  }
  return { tapFiles, backends };
}

/** Leads each signal of the load to the tier that it enters by. */
async function enterAll(ground: Ground, keeper: FrontKeeper): Promise<Entries> {
  const led: Led[] = [];
  const entries = {
    traces: await enter(ground, 'traces', led),
    logs: await enter(ground, 'logs', led),
    metrics: await enter(ground, 'metrics', led),
  };
  if (led.length > 0) await keeper.lead(led);
  return entries;
}

/**
 * Leads one signal to its tier: where a Service is the way in, by the tap in front of its pods if
 * there is one, as kube-proxy would else lead past it.
 *
 * @param led what leads to pods is added to it
 */
async function enter(
  { context, kube, nodes }: Ground,
  signal: Signal,
  led: Led[],
): Promise<SignalEntry> {
  const entry = entryOf(context.spec.pipeline, signal);
  const addresses = nodes.map((node) => node.address);
  if (!entry) return { by: 'node', urls: [] };
  if (entry.kind === 'hostPort') return urlsOf(addresses, entry, signal);
  await apply(kube, [entry.object]);
  const { name, namespace = 'default' } = entry.object.metadata;
  const { spec } = await kube.core.readNamespacedService({ name, namespace });
  const nodePort = spec?.ports?.[0]?.nodePort ?? 0;
  const { tier, port } = entry;
  const services = addresses.map((address) => ({ address, port: nodePort }));
  const isLed = led.some(({ service }) => service.port === nodePort);
  if (!entry.isLocal && !isLed) led.push(...services.map((service) => ({ service, tier, port })));
  return urlsOf(addresses, { ...entry, port: nodePort }, signal);
}

/** What is not as in a production cluster, and what the embedded runtime alone can't do. */
function notesOf({ context, images }: Ground): string[] {
  const { pipeline } = context.spec;
  const recorded = pipeline.tiers.filter((tier) => portsOf(context.spec, tier).size > 0);
  return [
    ...pipeline.notes.filter((note) => !note.includes('embedded runtime')),
    `one machine’s processors, memory and clock under every node (kind, ${images.kindNode})`,
    'backends are reached through the tap: their names are Services that lead out of the cluster',
    ...recorded.map(
      ({ name }) =>
        `what is sent to pods of ${name} goes by way of the tap beside the cluster: ` +
        'the pods see its address as the sender’s',
    ),
  ];
}
