import type { SpanForm } from '../../lib/span-forms.ts';
import type { Pipeline, Signal } from '../../pipeline/types.ts';
import type { PlannedPod } from '../../plan/types.ts';
import type { Refusal } from '../../tap/entry.ts';
import type { HiddenForm } from '../../tap/hide.ts';
import type { Instead } from '../../tap/instead.ts';
import type {
  LoadProcess,
  LoadRequest,
  MemoryKill,
  PodLife,
  PodSignal,
  TapCounts,
  TapFile,
  Unready,
  Wiped,
} from '../types.ts';
import type { MemoryCgroups } from './cgroup.ts';
import type { PodSpec } from './podspec.ts';

/**
 * What the outer process and the inner one (process 1 of the run's namespaces) say to each other:
 * one JSON object a line. The inner ends when its input does.
 */
export interface InnerSpec {
  readonly runId: string;
  readonly runFolder: string;
  readonly pipeline: Pipeline;
  readonly collectors: readonly PodSpec[];
  readonly backends: readonly PodSpec[];
  /** Pods of target allocators; none: the bench stands for them. */
  readonly allocators: readonly PodSpec[];
  readonly plannedPods: readonly PlannedPod[];
  /** Pods of the sample application, if it runs. */
  readonly app: readonly PodSpec[];
  /** Lots of the load's connections. */
  readonly connections: readonly number[];
  readonly workerNodes: readonly string[];
  /** A container's log file that is larger is rotated. */
  readonly rotateLogsBytes: number;
  readonly cgroups: MemoryCgroups | undefined;
  readonly nodeBinary: string;
  readonly k6Binary: string;
  /** Folder for the sockets through which backends are reached from outside. */
  readonly socketFolder: string;
  readonly readyTimeoutMs: number;
  /** The load begins before resolvers have answered. */
  readonly startRace: boolean;
  /** What no log and no record may hold. */
  readonly hidden: readonly HiddenForm[];
}

/** Where one signal enters: by worker node, by simulated pod, or by each of its connections. */
export interface EntryPoints {
  readonly by: 'node' | 'connection' | 'pod';
  readonly protocol: 'grpc' | 'http';
  readonly tls: boolean;
  /** In which form spans go in; none where by OTLP. */
  readonly form?: SpanForm;
  readonly points: readonly { readonly host: string; readonly port: number }[];
}

export interface InnerStarted {
  readonly addressOfPod: readonly string[];
  readonly entries: Readonly<Record<Signal, EntryPoints>>;
  readonly tapFiles: readonly TapFile[];
}

/** An empty file in a container's own root, by which its program is told something. */
export interface Mark {
  readonly pod: string;
  readonly path: string;
  readonly isSet: boolean;
}

/** Of some pods to another. */
interface Link {
  readonly senders: readonly string[];
  readonly to: string;
}

/** The pods that a tier is to have; those of a workload of the same names stay. */
export interface Scaling {
  readonly tier: string;
  readonly pods: readonly PodSpec[];
  /** One after another, as a StatefulSet's are. */
  readonly inTurn: boolean;
}

/** Requests by method: arguments and result. */
export interface InnerMethods {
  start: { readonly in: InnerSpec; readonly out: InnerStarted };
  load: { readonly in: LoadRequest; readonly out: LoadProcess };
  signal: { readonly in: { readonly pod: string; readonly signal: PodSignal }; readonly out: null };
  processState: { readonly in: string; readonly out: string | null };
  replacePod: {
    readonly in: { readonly pod: string; readonly graceMs: number };
    readonly out: null;
  };
  exhaustMemory: { readonly in: string; readonly out: MemoryKill };
  wipeVolumes: { readonly in: string; readonly out: Wiped };
  mark: { readonly in: Mark; readonly out: null };
  scale: { readonly in: Scaling; readonly out: null };
  endpoints: { readonly in: string; readonly out: readonly string[] | null };
  refuse: {
    readonly in: { readonly recorder: string; readonly instead?: Instead | undefined };
    readonly out: null;
  };
  accept: { readonly in: string; readonly out: Refusal };
  cut: { readonly in: Link; readonly out: null };
  join: { readonly in: Link; readonly out: { readonly droppedPackets: number } };
  stopPipeline: { readonly in: null; readonly out: null };
  interruptLoad: { readonly in: null; readonly out: null };
}

export type InnerRequest = {
  [M in keyof InnerMethods]: {
    readonly id: number;
    readonly method: M;
    readonly params: InnerMethods[M]['in'];
  };
}[keyof InnerMethods];

export type InnerMessage =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: string;
      readonly name: string;
      /** Of a pod that did not get ready. */
      readonly unready?: Unready;
    }
  | { readonly event: 'text'; readonly text: string }
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'broken'; readonly text: string }
  | { readonly event: 'lives'; readonly lives: readonly PodLife[] }
  | { readonly event: 'taps'; readonly counts: Readonly<Record<string, TapCounts>> }
  | { readonly event: 'tapFile'; readonly tapFile: TapFile };
