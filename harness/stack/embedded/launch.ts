import { randomUUID } from 'node:crypto';
import { allocatorsOf } from '../../pipeline/allocator.ts';
import { untilAllocated } from './allocated.ts';
import type { ControlPlane } from './control-plane.ts';
import type { EntryWays } from './entry.ts';
import type { Kubelet, Pod } from './kubelet.ts';
import type { RunningLoad } from './load.ts';
import { createPodNetwork } from './network.ts';
import type { PodSpec } from './podspec.ts';
import type { InnerMessage, InnerSpec } from './protocol.ts';
import type { Recorders } from './recorders.ts';
import type { Sampler } from './sampler.ts';
import { localPorts, startRelay } from './sidecars.ts';
import { writeTargets } from './targets.ts';

/** Of an embedded cluster, inside its namespaces. */
export interface State {
  readonly spec: InnerSpec;
  readonly pods: Pod[];
  /** Of the sample application: planned ones stand for them in the API. */
  readonly app: Pod[];
  readonly kubelet: Kubelet;
  readonly recorders: Recorders;
  readonly plane: ControlPlane;
  load: RunningLoad | undefined;
  /** Once the pods are ready. */
  entry: EntryWays | undefined;
  /** How many pods were made so far. */
  made: number;
  sampler: Sampler | undefined;
  readonly text: (what: string) => void;
}

/** All pods at once, but for the containers that ask an allocator: those when it has an answer. */
export async function launchAll(
  state: State,
  send: (message: InnerMessage) => void,
): Promise<void> {
  const { backends, allocators, collectors, pipeline } = state.spec;
  const shared = new Set(
    allocators.length > 0 ? allocatorsOf(pipeline).map(({ tier }) => tier) : [],
  );
  const waiting: Pod[] = [];
  await Promise.all(
    [...backends, ...allocators, ...collectors].map(async (spec) => {
      const pod = await makePod(state, spec);
      if (shared.has(spec.tier)) waiting.push(pod);
      else run(state, pod);
    }),
  );
  if (allocators.length > 0) {
    const own = state.pods.filter(({ spec }) => allocators.includes(spec));
    await Promise.all(own.map((pod) => state.kubelet.untilReady(pod, state.spec.readyTimeoutMs)));
    await untilAllocated(state.spec, own, send);
  }
  for (const pod of waiting) run(state, pod);
}

/** Makes a pod and runs it. */
export async function launch(state: State, spec: PodSpec): Promise<Pod> {
  const pod = await makePod(state, spec);
  run(state, pod);
  return pod;
}

function run(state: State, pod: Pod): void {
  state.kubelet.start(pod);
  writeTargets(state.spec, state.pods);
}

/** Makes a pod, as the API shows it: address, network, the recorder in front of it. */
async function makePod(state: State, spec: PodSpec): Promise<Pod> {
  const address = spec.address ?? state.recorders.nextPodAddress();
  const id = `pod${state.made++}`;
  await createPodNetwork(id, address);
  const { pipeline, nodeBinary } = state.spec;
  const ports = localPorts(pipeline, spec.tier);
  if (ports.length > 0) await startRelay(nodeBinary, id, { address, ports });
  const front = await state.recorders.inFrontOf(spec, address);
  const pod: Pod = {
    spec,
    id,
    uid: spec.planned?.uid ?? randomUUID(),
    address,
    published: front?.address ?? address,
    recorder: front?.name,
    child: undefined,
    ready: false,
    expected: undefined,
    deleted: false,
  };
  state.pods.push(pod);
  state.plane.publish([pod]);
  return pod;
}

/** Makes a pod of the sample application: nothing is in front of it, and nobody looks it up. */
export async function launchApp(state: State, spec: PodSpec): Promise<void> {
  const id = `pod${state.made++}`;
  const { address = '' } = spec;
  await createPodNetwork(id, address);
  const pod: Pod = {
    spec,
    id,
    uid: randomUUID(),
    address,
    published: address,
    recorder: undefined,
    child: undefined,
    ready: false,
    expected: undefined,
    deleted: false,
  };
  state.app.push(pod);
  state.kubelet.start(pod);
}
