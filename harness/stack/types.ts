import type { Denial } from '../lib/denial.ts';
import type { BackendKind, Pipeline, Signal } from '../pipeline/types.ts';
import type { PlannedPod, PlannedUsers } from '../plan/types.ts';
import type { HttpTarget } from '../shell/http.ts';
import type { RecordedHop } from '../tap/format.ts';
import type { HiddenForm } from '../tap/hide.ts';
import type { Acquired, BinaryName } from './acquire/index.ts';
import type { Control } from './control.ts';

export type { HttpTarget } from '../shell/http.ts';
export type {
  Control,
  LinkControl,
  MemoryKill,
  PodControl,
  PodSignal,
  TapControl,
  Wiped,
} from './control.ts';

/** Everything that a runtime needs to stand a pipeline up. */
export interface StackSpec {
  /** Stands in every record. */
  readonly runId: string;
  readonly runFolder: string;
  readonly pipeline: Pipeline;
  /** Pods of the sample services, which the API lists. */
  readonly pods: readonly PlannedPod[];
  /** Lots of the load's connections, as the plan has drawn them. */
  readonly connections: readonly number[];
  /** What runs the sample application, and where; undefined: it is not asked for. */
  readonly app?: AppSpec | undefined;
  /** The load does not wait for load balancers to know whom they send to. */
  readonly startRace: boolean;
  /** Values of Secrets, which no log and no record may hold. */
  readonly hidden: readonly HiddenForm[];
  readonly workerNodes: readonly string[];
  /** A container's log file that is larger is rotated. */
  readonly rotateLogsBytes: number;
  readonly binaries: ReadonlyMap<BinaryName, Acquired>;
}

/** The sample application: what it is to do, and the folder with its services' program. */
export interface AppSpec {
  readonly users: PlannedUsers;
  /** Holds `service.js` with its packages. */
  readonly folder: string;
}

/**
 * One life of one container: a restarted pod has another address, a restarted container has not.
 */
export interface PodLife {
  readonly pod: string;
  /** Tier of the pipeline, or the backend's kind. */
  readonly tier: string;
  readonly ordinal: number;
  /** Counts the containers of this pod's name from 0. */
  readonly life: number;
  readonly uid: string;
  readonly node: string;
  readonly address: string;
  /** The name of the record in front of it; undefined where there is none. */
  readonly recorder: string | undefined;
  readonly startedMs: number;
  readonly readyMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly oomKilled: boolean;
  /** Why it ended: `stop` at the end of the run, `fault` by the scenario, else it was unasked. */
  readonly ending: 'running' | 'stop' | 'fault' | 'unasked';
  /** Undefined where it keeps no queue on a disk. */
  readonly left?: LeftFiles | undefined;
}

/** What a container's processor time was, counted from its start. */
export interface CpuTime {
  /** User and system time of its process. */
  readonly cpuMs: number;
  /** By its CPU cgroup; undefined where it has no quota. */
  readonly throttling?:
    | {
        readonly periods: number;
        readonly throttledPeriods: number;
        readonly throttledMs: number;
      }
    | undefined;
}

/** One look at one collector; what could not be had is left out, and is unknown. */
export interface PodSample extends CpuTime {
  readonly atMs: number;
  readonly pod: string;
  readonly tier: string;
  readonly life: number;
  /** Resident, with what is swapped. */
  readonly memoryBytes: number;
  /** By its own metrics, looked for less often than the rest. */
  readonly told?: CollectorTold | undefined;
}

/** A collector's word of itself, summed over its components. */
export interface CollectorTold {
  /** In the unit of each queue: requests, items or bytes. */
  readonly queueSize?: number | undefined;
  readonly queueCapacity?: number | undefined;
  readonly tracesHeld?: number | undefined;
  /** Of the loop that decides, counted from its start, and how long it took in all. */
  readonly decisionTicks?: number | undefined;
  readonly decisionMs?: number | undefined;
  /** By exporter, how many spans it handed on; asked once, when the pipeline had come to rest. */
  readonly sentSpans?: Readonly<Record<string, number>> | undefined;
}

/** Persistent queues as a container left them, copied before the next one started. */
export interface LeftFiles {
  /** By their path in the container, and where the copy is, from the run's folder. */
  readonly files: readonly { readonly path: string; readonly file: string }[];
  /** Why some could not be copied; undefined where all were. */
  readonly lacking?: string;
}

/** How many requests each recorder has seen, to follow a run and to know when it is quiet. */
export interface TapCounts {
  readonly requests: number;
  readonly answers: number;
  readonly lastAtMs: number;
  /** Of what is no metrics; undefined where nothing else was sent. */
  readonly lastOtherMs?: number;
  /** When something was first and last not taken, by status; -1 where nobody answered. */
  readonly failures: Readonly<Record<string, Failures>>;
  /** When a connection was first and last refused; undefined where none was. */
  readonly refusals?: Failures;
}

export interface Failures {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Where each signal of the load goes in. */
export type Entries = Readonly<Record<Signal, SignalEntry>>;

/** By worker node, by simulated pod, or by the connection that carries a request. */
export interface SignalEntry {
  readonly by: 'node' | 'connection' | 'pod';
  /** None where no tier takes the signal. */
  readonly urls: readonly string[];
}

export interface LoadProcess {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The last lines that it printed, for a message. */
  readonly lastLines: readonly string[];
  readonly userCpuMs: number;
}

/** A pipeline that is up and ready. Disposing it ends every process, mount and network of it. */
export interface RunningStack extends AsyncDisposable {
  readonly runtime: 'embedded' | 'kind';
  /** Resolves with the reason when something that the evidence hangs on has died. */
  readonly broken: Promise<string>;
  /** What is not as in a cluster. */
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  /** Address of each planned pod, by its index. */
  readonly addressOfPod: readonly string[];
  /** Uid of each planned pod, where the runtime does not take the planned one. */
  readonly uidOfPod?: readonly string[];
  /** Names of the worker nodes, where they are not the planned ones. */
  readonly nodeNames?: readonly string[];
  /** How long before its first request the load must be started; 1.8 s where it is left out. */
  readonly loadLeadMs?: number;
  readonly entries: Entries;
  /** Where users ask the sample application; undefined where it does not run. */
  readonly usersUrl?: string | undefined;
  /** How to reach each backend's own HTTP API. */
  readonly backends: ReadonlyMap<BackendKind, HttpTarget>;
  readonly tapFiles: ReadonlyMap<string, TapFile>;
  tapCounts(): ReadonlyMap<string, TapCounts>;
  lives(): readonly PodLife[];
  /** Runs k6 with these arguments, beside the pods. */
  runLoad(request: LoadRequest, signal: AbortSignal): Promise<LoadProcess>;
  readonly control: Control;
  /** Stops the collectors gracefully and closes the records; the backends stay. */
  stopPipeline(): Promise<void>;
}

export interface LoadRequest {
  readonly script: string;
  /** Numbered parts and `index.json`, as `drive/blocks.ts` writes them. */
  readonly blocksFolder: string;
  readonly parts: number;
  readonly outcomesFile: string;
  readonly startMs: number;
  /** Where users' requests go, of `users.json` in the folder; undefined: there are none. */
  readonly usersUrl?: string | undefined;
  /** What a block's URL number means (stack/number-entries.ts). */
  readonly urls: readonly string[];
}

/** One recorded hop. */
export interface TapFile {
  readonly name: string;
  readonly file: string;
  readonly hop: RecordedHop;
  /** For a tier: the pod that it stands in front of. */
  readonly pod: string | undefined;
}

/** Starts a runtime. `onEvent` tells what happens, for progress and the journal. */
export type StartStack = (
  spec: StackSpec,
  onEvent: (text: string) => void,
  signal: AbortSignal,
) => Promise<RunningStack>;

/** Why a pod did not get ready, in its own words. Plain data: it crosses processes and is saved. */
export interface Unready {
  readonly kind: 'config-rejected' | 'never-ready';
  readonly pod: string;
  readonly tier: string;
  readonly what: string;
  /** The collector's own last word; undefined where it said none. */
  readonly error?: string;
  /** What the Kubernetes API refused it; the first of each. */
  readonly denied: readonly Denial[];
  /** The component that its words, or what it was refused, lead to. */
  readonly component?: string;
  /** Where that stands, `file:line:column`. */
  readonly place?: string;
  /** Lines of its log that tell of trouble, else its last ones. */
  readonly lines: readonly string[];
  readonly logFile: string;
}
