import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVersions } from '../acquire/index.ts';
import { connect, type Kube, waitFor } from './api.ts';
import { checkDocker, createCluster, removeRun } from './cluster.ts';
import type { RunCommand } from './commands.ts';
import { ensureImages, loadLackingImages } from './images.ts';
import { controlPlaneOf, runNames, warmLabel } from './names.ts';
import { installPlatform, readPlatform } from './platform.ts';
import {
  clusterNameIn,
  fingerprintNow,
  type KindSettings,
  kindBinaryOf,
  ownerNow,
} from './settings.ts';
import { markWarm, type WarmCluster } from './warm.ts';

const nodesWithinMs = 120_000;

/**
 * Makes a cluster that outlives runs: with cert-manager, the operator, and the images that most
 * runs need; others come with the first run that needs them.
 *
 * @throws Error with what kept it from coming up; nothing of it stays then
 */
export async function raiseCluster(
  run: RunCommand,
  settings: KindSettings,
  onEvent: (text: string) => void,
  signal: AbortSignal,
): Promise<WarmCluster> {
  await checkDocker(run, signal);
  const fingerprint = await fingerprintNow(settings);
  const names = runNames(clusterNameIn(settings.configFile), ownerNow());
  const folder = mkdtempSync(join(tmpdir(), 'otel-pipeline-bench-'));
  try {
    await fill(run, { settings, names, fingerprint, folder }, onEvent, signal);
    signal.throwIfAborted();
    const warm = { cluster: names.cluster, fingerprint };
    await markWarm(run, warm);
    return warm;
  } catch (error) {
    onEvent('removing the cluster');
    await removeRun(run, names.run);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Filling {
  readonly settings: KindSettings;
  readonly names: ReturnType<typeof runNames>;
  readonly fingerprint: string;
  /** For credentials and what lies between Docker and the nodes. */
  readonly folder: string;
}

async function fill(
  run: RunCommand,
  { settings: { acquire, configFile }, names, fingerprint, folder }: Filling,
  onEvent: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { images } = await readVersions(acquire.fixturesDir);
  const platform = await readPlatform();
  const kindBinary = await kindBinaryOf(new Map(), acquire, onEvent, signal);
  const { kindNode, pause, collector, tempo, loki, prometheus, node, k6 } = images;
  const ofPods = [...platform.images, pause, collector, tempo, loki, prometheus];
  await ensureImages(run, [kindNode, node, k6, ...ofPods], onEvent, signal);
  const kubeconfigFile = join(folder, 'kubeconfig');
  const { cluster } = names;
  onEvent(`making the cluster ${cluster}`);
  await createCluster(
    run,
    {
      names,
      labels: { [warmLabel]: fingerprint },
      kindBinary,
      configFile,
      nodeImage: kindNode,
      kubeconfigFile,
      onNodesRun: () => undefined,
    },
    onEvent,
    signal,
  );
  const kube = connect(readFileSync(kubeconfigFile, 'utf8'), signal);
  const home = controlPlaneOf(names);
  const workers = (await untilAllReady(kube)).filter((name) => name !== home);
  onEvent('the cluster is up');
  const load = (wanted: readonly string[], nodes: readonly string[]): Promise<void> => {
    const request = { kindBinary, cluster, images: wanted, nodes, scratchFolder: folder };
    return loadLackingImages(run, request, signal);
  };
  await load(platform.images, [home]);
  await Promise.all([
    installPlatform(kube, platform, home, onEvent),
    load([pause, collector], workers).then(() => load([tempo, loki, prometheus], [home])),
  ]);
}

/** @returns the names of all nodes */
const untilAllReady = (kube: Kube): Promise<string[]> =>
  waitFor(kube, 'the cluster’s nodes are not ready', nodesWithinMs, async () => {
    const { items } = await kube.core.listNode();
    const ready = items.every(({ status }) =>
      status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
    );
    return ready && items.length > 0 ? items.flatMap((n) => n.metadata?.name ?? []) : undefined;
  });
