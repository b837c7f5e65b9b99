import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { createHiding } from '../../tap/hide.ts';
import { nowMs } from '../../tap/recorder.ts';
import type { LoadProcess, LoadRequest, MemoryKill, PodSignal, Wiped } from '../types.ts';
import { nodeAddress, plannedPodAddress } from './addresses.ts';
import { containerOf, signalContainer, stateOf } from './container-process.ts';
import { nodeNames, startControlPlane } from './control-plane.ts';
import { openEntries } from './entry.ts';
import { exhaustMemory } from './exhaust-memory.ts';
import { type Exposer, startExposer } from './exposer.ts';
import { withIssuedSecrets } from './issue.ts';
import { createKubelet, type Pod } from './kubelet.ts';
import { launch, launchAll, launchApp, type State } from './launch.ts';
import { createLinks } from './links.ts';
import { startLoad } from './load.ts';
import { startLogWriters } from './log-writers.ts';
import { setMark } from './mark.ts';
import { createBridge, deletePodNetwork, mountRun } from './network.ts';
import { buildPodBase, copyLibraries } from './pod-base.ts';
import type { InnerMessage, InnerSpec, InnerStarted, Mark } from './protocol.ts';
import { createRecorderTls } from './recorder-tls.ts';
import { createRecorders, type Recorders } from './recorders.ts';
import { untilResolved } from './resolved.ts';
import { startSampler } from './sampler.ts';
import { createScaling } from './scaling.ts';
import { openSockets } from './sockets.ts';
import { writeTargets } from './targets.ts';
import { wipeVolumes } from './wipe-volumes.ts';

/** A running embedded cluster, inside its namespaces. */
export interface EmbeddedCluster {
  readonly started: InnerStarted;
  load(request: LoadRequest): Promise<LoadProcess>;
  interruptLoad(): void;
  signal(pod: string, signal: PodSignal): void;
  processState(pod: string): string | null;
  replacePod(pod: string, graceMs: number): Promise<void>;
  exhaustMemory(pod: string): Promise<MemoryKill>;
  wipeVolumes(pod: string): Promise<Wiped>;
  mark(mark: Mark): void;
  readonly recorders: Pick<Recorders, 'refuse' | 'accept'>;
  readonly links: ReturnType<typeof createLinks>;
  readonly scaling: ReturnType<typeof createScaling>;
  stopPipeline(): Promise<void>;
}

/** Brings network, API, DNS, taps and pods up; resolves when every pod is ready. */
export async function startCluster(
  planned: InnerSpec,
  send: (message: InnerMessage) => void,
): Promise<EmbeddedCluster> {
  const text = (what: string): void => send({ event: 'text', text: what });
  const tls = await createRecorderTls(planned.pipeline, nowMs());
  const spec = tls ? await withIssuedSecrets(planned, tls, nowMs()) : planned;
  mkdirSync(join(spec.runFolder, 'evidence', 'logs'), { recursive: true });
  mkdirSync(join(spec.runFolder, 'evidence', 'taps'), { recursive: true });
  await mountRun();
  await Promise.all([
    buildPodBase(),
    createBridge([...nodeNames(spec).keys()].map(nodeAddress)),
    ...(spec.app.length > 0 ? [copyLibraries(spec.nodeBinary)] : []),
  ]);
  const pods: Pod[] = [];
  const addressOfPod = spec.plannedPods.map((_, i) => plannedPodAddress(i));
  const recorders = createRecorders(spec, send, tls);
  const backendAddresses = recorders.reserveBackends();
  const plane = await startControlPlane({
    spec,
    pods: () => pods,
    backendAddresses,
    addressOfPlannedPod: addressOfPod,
    onNote: (note) => send({ event: 'note', text: note }),
    now: nowMs,
  });
  const kubelet = createKubelet({
    runFolder: spec.runFolder,
    cgroups: spec.cgroups,
    authority: plane.authority,
    trusted: tls?.authority,
    tokenOf: plane.tokenOf,
    nodeNames: nodeNames(spec),
    hiding: createHiding(spec.hidden),
    hostAddress: (node) => nodeAddress(1 + node),
    now: nowMs,
    componentsOf: (name) =>
      spec.pipeline.tiers.find((tier) => tier.name === name)?.components ?? [],
    onChange: (pod) => {
      if (pods.includes(pod)) plane.publish([pod]);
      void state.entry?.update();
      send({ event: 'lives', lives: kubelet.lives });
    },
  });
  const state: State = {
    spec,
    pods,
    app: [],
    kubelet,
    recorders,
    plane,
    load: undefined,
    entry: undefined,
    made: 0,
    sampler: undefined,
    text,
  };
  text('network, DNS and Kubernetes API are up');
  await recorders.openOutside();
  // Before anything runs that may reach the nodes' files.
  const logFiles = await startLogWriters(spec, recorders);
  const exposer = await startExposer(spec, recorders, backendAddresses, nowMs);
  state.sampler = sampleCollectors(state);
  await launchAll(state, send);
  await openSockets(state);
  for (const pod of spec.app) await launchApp(state, pod);
  await Promise.all(
    [...pods, ...state.app].map(async (pod) => {
      await kubelet.untilReady(pod, spec.readyTimeoutMs);
      text(`${pod.spec.name} is ready`);
    }),
  );
  if (!spec.startRace) await untilResolved(spec, pods, plane, send);
  state.entry = await openEntries(spec, () => pods, logFiles);
  return clusterOf(state, exposer, {
    addressOfPod,
    entries: state.entry.points,
    tapFiles: recorders.files(),
  });
}

function sampleCollectors({ spec, pods, kubelet }: State) {
  const tiers = new Set(spec.pipeline.tiers.map(({ name }) => name));
  return startSampler({
    runFolder: spec.runFolder,
    pods: () => pods.filter((pod) => tiers.has(pod.spec.tier)),
    lives: () => kubelet.lives,
    cpuFolder: spec.cgroups?.cpuFolder,
    hiding: createHiding(spec.hidden),
    now: nowMs,
  });
}

function clusterOf(state: State, exposer: Exposer, started: InnerStarted): EmbeddedCluster {
  const running = (name: string): Pod => {
    const all = [...state.pods, ...state.app];
    const pod = all.find((candidate) => candidate.spec.name === name);
    if (!pod?.child) throw new Error(`pod ${name} has no running container`);
    return pod;
  };
  return {
    started,
    load: async (request) => {
      state.plane.loadBegins(request.startMs);
      exposer.begin(request.startMs);
      state.load = startLoad(state.spec.k6Binary, request);
      return state.load.done.finally(exposer.end);
    },
    interruptLoad: () => state.load?.interrupt(),
    signal: (name, signal) => {
      const pod = running(name);
      if (signal === 'SIGKILL') pod.expected = 'fault';
      if (pod.child) signalContainer(pod.child, signal);
    },
    processState: (name) => {
      const child = state.pods.find((pod) => pod.spec.name === name)?.child;
      const pid = child && containerOf(child);
      return pid === undefined ? null : stateOf(pid);
    },
    replacePod: async (name, graceMs) => {
      const pod = running(name);
      await state.kubelet.stop(pod, 'fault', graceMs);
      await remove(state, pod);
      await launch(state, pod.spec);
    },
    exhaustMemory: (name) => exhaustMemory(running(name), state.spec.cgroups),
    wipeVolumes: (name) => wipeVolumes(running(name), state.spec.runFolder),
    mark: (own) => setMark(running(own.pod), own),
    recorders: state.recorders,
    links: createLinks(running),
    scaling: scalingOf(state),
    stopPipeline: () => stopPipeline(state),
  };
}

const scalingOf = (state: State) =>
  createScaling({
    spec: state.spec,
    pods: state.pods,
    launch: (spec) => launch(state, spec),
    untilReady: (pod) => state.kubelet.untilReady(pod, state.spec.readyTimeoutMs),
    stop: (pod) => state.kubelet.stop(pod, 'fault', pod.spec.graceMs),
    remove: (pod) => remove(state, pod),
    onTrouble: (error) => state.text(`a tier could not be scaled: ${messageOf(error)}`),
  });

async function remove(state: State, pod: Pod): Promise<void> {
  state.pods.splice(state.pods.indexOf(pod), 1);
  state.plane.forget(pod, state.pods);
  if (pod.recorder) state.recorders.shut(pod.recorder);
  await deletePodNetwork(pod.id);
  writeTargets(state.spec, state.pods);
}

/** Collectors first, in the order of the data; then the records are closed. */
async function stopPipeline(state: State): Promise<void> {
  await state.sampler?.stop();
  // Applications first: what they still hold goes in while the collectors take it.
  await Promise.all(state.app.map((pod) => state.kubelet.stop(pod, 'stop', pod.spec.graceMs)));
  for (const tier of state.spec.pipeline.tiers) {
    const pods = state.pods.filter((pod) => pod.spec.tier === tier.name);
    await Promise.all(pods.map((pod) => state.kubelet.stop(pod, 'stop', pod.spec.graceMs)));
    state.text(`${tier.name} is stopped`);
  }
  await state.recorders.close();
  state.text('the records are closed');
}
