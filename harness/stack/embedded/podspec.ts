import { basename } from 'node:path';
import type { Problem } from '../../lib/errors.ts';
import { fnv1a32 } from '../../lib/fnv.ts';
import { distributionOf } from '../../pipeline/images.ts';
import type { BackendKind, EnvironmentVariable, Pipeline, Tier } from '../../pipeline/types.ts';
import type { PlannedPod } from '../../plan/types.ts';
import type { Acquired, BinaryName } from '../acquire/index.ts';
import { plannedPodAddress } from './addresses.ts';
import { mountedIn, type PodVolume } from './pod-volumes.ts';

export type { PodVolume } from './pod-volumes.ts';

/** All that the embedded kubelet must know to run one pod. */
export interface PodSpec {
  readonly name: string;
  /** Tier of the pipeline, or the backend's kind. */
  readonly tier: string;
  readonly ordinal: number;
  /** Index among the worker nodes. */
  readonly node: number;
  readonly namespace: string;
  readonly workload: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly binary: string;
  readonly args: readonly string[];
  readonly environment: readonly EnvironmentVariable[];
  /** Absolute path inside the pod to text. */
  readonly files: Readonly<Record<string, string>>;
  readonly volumes: readonly PodVolume[];
  /** Folders of the machine that it sees, read-only: programs of the bench, never of a manifest. */
  readonly folders?: readonly { readonly path: string; readonly from: string }[];
  /** Its program needs the machine's libraries, as Node does and Go does not. */
  readonly isDynamic?: boolean;
  /** Its interface's, where that is planned; undefined: the next free one. */
  readonly address?: string;
  /** It runs in a simulated pod, for which the API shows the planned one. */
  readonly planned?: { readonly uid: string };
  readonly memoryLimitBytes: number | undefined;
  readonly cpuLimit: number | undefined;
  readonly graceMs: number;
  readonly ready: ReadyProbe;
}

/** A folder that a container finds at a path. */
/** Ready is health 200 where configured, else the collector's own log line. */
export type ReadyProbe =
  | { readonly port: number; readonly path: string }
  | { readonly logLine: string };

const readyLine = 'Everything is ready';

/** Five letters as Kubernetes appends them, the same in each run. */
function letters(name: string, count = 5): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  let state = fnv1a32(new TextEncoder().encode(name));
  return Array.from({ length: count }, () => {
    const letter = alphabet[state % alphabet.length] ?? 'x';
    state = Math.floor(state / alphabet.length) || fnv1a32(new TextEncoder().encode(letter + name));
    return letter;
  }).join('');
}

/** The pods of every tier, placed and named as their controllers would. */
export function collectorPods(
  pipeline: Pipeline,
  workerNodes: number,
  { path: binary, version }: Pick<Acquired, 'path' | 'version'>,
  notes: string[],
  planned: readonly PlannedPod[] = [],
): PodSpec[] {
  notes.push(...versionNotes(version));
  return pipeline.tiers.flatMap((tier) => {
    notes.push(...imageNotes(tier, version));
    const { workload } = tier;
    if (workload.kind === 'sidecar') return sidecarPods(tier, planned, binary);
    const count = workload.kind === 'daemonset' ? workerNodes : workload.replicas;
    return podsOfTier(tier, count, workerNodes, binary);
  });
}

/** So many pods of a tier, in turn on the nodes. */
export const podsOfTier = (tier: Tier, count: number, nodes: number, binary: string): PodSpec[] =>
  Array.from({ length: count }, (_, i) => collectorPod(tier, i, i % nodes, binary));

/** A sidecar in each simulated pod that carries one, with the pod's own name, place and address. */
function sidecarPods(tier: Tier, planned: readonly PlannedPod[], binary: string): PodSpec[] {
  const { injectedInto } = tier.workload;
  const carrying = planned.flatMap((pod, i) =>
    injectedInto?.includes(pod.service) === false ? [] : [{ pod, i }],
  );
  return carrying.map(({ pod, i }, ordinal) => ({
    ...collectorPod(tier, ordinal, pod.node, binary),
    name: pod.name,
    namespace: pod.namespace,
    labels: pod.labels,
    annotations: { ...tier.workload.podAnnotations, ...pod.annotations },
    workload: pod.deployment,
    address: plannedPodAddress(i),
    planned: { uid: pod.uid },
  }));
}

function podName(tier: Tier, ordinal: number): string {
  const { kind, name } = tier.workload;
  if (kind === 'statefulset') return `${name}-${ordinal}`;
  const own = letters(`${name}/${ordinal}`);
  return kind === 'daemonset' ? `${name}-${own}` : `${name}-${letters(name, 10)}-${own}`;
}

function collectorPod(tier: Tier, ordinal: number, node: number, binary: string): PodSpec {
  const { workload } = tier;
  const name = podName(tier, ordinal);
  const { files, volumes } = mountedIn(workload, name);
  return {
    name,
    tier: tier.name,
    ordinal,
    node,
    namespace: workload.namespace,
    workload: workload.name,
    labels: workload.labels,
    annotations: workload.podAnnotations,
    serviceAccount: workload.serviceAccount,
    binary,
    args: workload.args,
    environment: workload.environment,
    files,
    volumes,
    memoryLimitBytes: workload.memoryLimitBytes,
    cpuLimit: workload.cpuLimit,
    graceMs: workload.terminationGraceMs,
    ready: tier.health ?? { logLine: readyLine },
  };
}

/** A build of one's own may be called anything; this much its name should tell. */
const collectorImage = /otel|telemetry|collector|jaeger/i;
/** As the binary is, its version apart. */
const contribImage = /(^|\/)(opentelemetry-collector|otelcol)-contrib:v?(\d+\.\d+\.\d+)(@.*)?$/;

/** Tiers whose image is no collector: the embedded runtime has no other program to run. */
export const unusableImages = ({ tiers }: Pick<Pipeline, 'tiers'>): Problem[] =>
  tiers.flatMap(({ name, workload: { image, place } }) => {
    if (collectorImage.test(image)) return [];
    const message = `image "${image}" of tier "${name}" is no OpenTelemetry Collector that the embedded runtime has`;
    return {
      place,
      message,
      hint: 'set the image of the collector that it is, or run it with --runtime kind',
    };
  });

/** Tiers that start another program than a collector, such as a shell that starts one. */
export const unusablePrograms = ({ tiers }: Pick<Pipeline, 'tiers'>): Problem[] =>
  tiers.flatMap(({ name, workload: { command, place } }) => {
    const [program] = command;
    if (program === undefined || /otel|collector/.test(basename(program))) return [];
    const message = `command "${program}" of tier "${name}" is no OpenTelemetry Collector; the embedded runtime starts nothing else`;
    return { place, message, hint: 'put the arguments into args, or run it with --runtime kind' };
  });

/** Whose sources the judge's model cites; `fixtures/versions.yaml` pins the same. */
export const modelledVersion = '0.152.0';

/** What another version does otherwise shows as a finding, or as what nothing explains. */
const versionNotes = (version: string): string[] =>
  version === modelledVersion
    ? []
    : [
        `collector ${version} ran; what it does by default, and what its words mean, is predicted as of ` +
          `${modelledVersion}: what differs between the two may be found as a fault of the pipeline`,
      ];

/** One collector binary stands in for every image of a collector: said where it is another. */
function imageNotes({ name, workload: { image } }: Tier, version: string): string[] {
  const ran = `opentelemetry-collector-contrib ${version}`;
  const known = distributionOf(image) ? '' : ': whether that image has all components is not known';
  return contribImage.exec(image)?.[3] === version
    ? []
    : [`tier ${name} asks for image ${image}; it ran ${ran}${known}`];
}

const probes: Readonly<Record<BackendKind, ReadyProbe>> = {
  tempo: { port: 3200, path: '/ready' },
  loki: { port: 3100, path: '/ready' },
  prometheus: { port: 9090, path: '/-/ready' },
};

/** The port of each backend's own HTTP API. */
export const apiPort: Readonly<Record<BackendKind, number>> = {
  tempo: 3200,
  loki: 3100,
  prometheus: 9090,
};

/** Ports at which the real backend takes data, by protocol. */
export const ingestPort: Readonly<Record<BackendKind, { grpc: number; http: number }>> = {
  tempo: { grpc: 4317, http: 4318 },
  loki: { grpc: 0, http: 3100 },
  prometheus: { grpc: 0, http: 9090 },
};

const commandLines: Readonly<Record<BackendKind, (config: string, data: string) => string[]>> = {
  tempo: (config) => [`-config.file=${config}`],
  loki: (config) => [`-config.file=${config}`],
  prometheus: (config, data) => [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    '--web.enable-otlp-receiver',
    '--web.enable-remote-write-receiver',
    '--enable-feature=exemplar-storage',
  ],
};

/** A backend's pod: its data is dropped with it; `rules` are Prometheus's own files, by path. */
export function backendPod(
  kind: BackendKind,
  binary: string,
  config: string,
  rules: Readonly<Record<string, string>> = {},
): PodSpec {
  const configFile = `/etc/${kind}/${kind}.yaml`;
  const data = `/var/${kind}`;
  return {
    name: kind,
    tier: kind,
    ordinal: 0,
    node: 0,
    namespace: 'backends',
    workload: kind,
    labels: { app: kind },
    annotations: {},
    serviceAccount: 'default',
    binary,
    args: commandLines[kind](configFile, data),
    environment: [],
    files: {
      [configFile]: config,
      ...(kind === 'prometheus' ? { [targetsFile]: '[]', ...rules } : {}),
    },
    volumes: [{ path: data, readOnly: false, source: { claim: kind } }],
    memoryLimitBytes: undefined,
    cpuLimit: undefined,
    graceMs: 5_000,
    ready: probes[kind],
  };
}

/** Where Prometheus reads its scrape targets; written anew when a pod's address changes. */
export const targetsFile = '/etc/prometheus/targets.json';

export const binaryOfBackend: Readonly<Record<BackendKind, BinaryName>> = {
  tempo: 'tempo',
  loki: 'loki',
  prometheus: 'prometheus',
};
