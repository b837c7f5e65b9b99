import type { ProxyName } from '../scenario/apps.ts';
import type { CanaryPlace, FaultSpec, UserLoad } from '../scenario/types.ts';

/**
 * How a plan is drawn from its seed; `plan.json` names it, so that stored runs stay readable. In 1
 * all services of a trace drew one lot, so that with as many pods as nodes a trace lay on one node.
 */
export type Drawing = 1 | 2;
export const currentDrawing: Drawing = 2;

/** A pod of a sample service. It does not run: the API lists it and its spans are sent for it. */
export interface PlannedPod {
  readonly name: string;
  readonly uid: string;
  readonly service: string;
  readonly deployment: string;
  readonly replicaSet: string;
  readonly namespace: string;
  /** Index among the worker nodes. */
  readonly node: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined in runs that were recorded before pods had any. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** It sends from its own address, and does not say it otherwise. */
  readonly sendsItself?: true;
}

export type PlannedSignal = 'traces' | 'logs' | 'metrics';

/** The metrics that each pod reports, a point of each in a request: a sum and a gauge. */
export const metricNames = ['bench.requests', 'bench.load'] as const;
/** The label of every point that says whose it is; with the metric's name it is the series. */
export const podLabel = 'bench.pod';

/** Columns of the planned traces; a trace is its index. */
export interface TraceTable {
  readonly count: number;
  /** Four 32-bit words a trace id, most significant first. */
  readonly idWords: Uint32Array;
  /** Index into `classNames`. */
  readonly classIndex: Uint8Array;
  readonly loadIndex: Uint8Array;
  /** Index of the first span; the spans of a trace are consecutive. */
  readonly firstSpan: Uint32Array;
  readonly spanCount: Uint16Array;
}

export const spanFlags = { late: 1, logged: 2 } as const;

/** Columns of the planned spans; times count from the run's start. */
export interface SpanTable {
  readonly count: number;
  readonly trace: Uint32Array;
  readonly template: Uint16Array;
  readonly pod: Uint16Array;
  readonly idHigh: Uint32Array;
  readonly idLow: Uint32Array;
  /** Index of the parent span; equal to the span's own index for a root. */
  readonly parent: Uint32Array;
  readonly startOffsetNanos: Float64Array;
  readonly endOffsetNanos: Float64Array;
  /** Bits of `spanFlags`. */
  readonly flags: Uint8Array;
}

/** What a canary says at one place. */
export interface Secret {
  readonly place: CanaryPlace;
  /** The attribute's key; of a name or a body, what the secret is called. */
  readonly key: string;
  readonly value: string;
}

export interface PlannedCanary extends Secret {
  readonly loadIndex: number;
}

/** What all spans of one kind have in common; what differs is patched into its bytes. */
export interface SpanTemplate {
  readonly name: string;
  readonly kind: number;
  readonly statusCode: number;
  readonly root: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Those of its canaries that are no attributes of the span; its log record's stand here too. */
  readonly secrets?: readonly Secret[];
}

/** One request: the items of one pod for one signal, sent at one moment. */
export interface PlannedBlock {
  readonly index: number;
  readonly signal: PlannedSignal;
  readonly pod: number;
  /** Which of its pod's connections carries it; the first drawing knows none. */
  readonly connection?: number;
  /** Milliseconds after the run's start at which it is due. */
  readonly sendAtMs: number;
  /** Range in the plan's `order` (traces and logs), or the sample number (metrics). */
  readonly from: number;
  readonly to: number;
  /** The span that a report of metrics names as an example of what it counts. */
  readonly exemplar?: number;
  /** Secrets that the request as a whole carries. */
  readonly secrets?: readonly Secret[];
}

export interface Plan {
  readonly seed: number;
  readonly scenario: string;
  readonly pods: readonly PlannedPod[];
  readonly classNames: readonly string[];
  readonly templates: readonly SpanTemplate[];
  readonly traces: TraceTable;
  readonly spans: SpanTable;
  /** Span indexes in the order of sending; a block is a slice of it. */
  readonly spanOrder: Uint32Array;
  readonly logOrder: Uint32Array;
  /** In the order of sending. */
  readonly blocks: readonly PlannedBlock[];
  /** When the last block is due. */
  readonly loadMs: number;
  readonly faults: readonly PlannedFault[];
  /** Secrets that are sent; templates and blocks hold them, so the hash covers them. */
  readonly canaries: readonly PlannedCanary[];
  /**
   * Lots of the connections that the load opens, `connectionsPerPod` a pod in turn: where a Service
   * leads to n pods, a lot modulo n says to which. Undefined in the first drawing.
   */
  readonly connections: readonly number[] | undefined;
  /** Requests to the sample application; undefined where it does not run. */
  readonly users: PlannedUsers | undefined;
  /** SHA-256 over everything that the seed decides; start time and addresses are not in it. */
  readonly hash: string;
}

/** What users ask of the sample application, whose pods are the last of the plan's. */
export interface PlannedUsers {
  readonly load: UserLoad;
  /** Index of its first pod; they are in the order of `appPods`. */
  readonly firstPod: number;
  /** In the order of sending. */
  readonly requests: readonly PlannedRequest[];
  /** Headers that faults take out for a while, each once; none where none does. */
  readonly strips?: readonly PlannedStrip[];
}

/** A header that a proxy is to take out while a fault says so. */
export interface PlannedStrip {
  readonly proxy: ProxyName;
  readonly header: string;
}

/** One user's request: its trace is planned, the spans of it are whatever the services make. */
export interface PlannedRequest {
  readonly order: string;
  /** Milliseconds after the run's start at which it is due. */
  readonly atMs: number;
  readonly traceId: string;
  /** Of the user, to whom the first service's span is a child; nobody sends it. */
  readonly spanId: string;
  readonly className: string;
  /** The service that fails at it. */
  readonly fails?: string;
}

/** Connections that each pod of a sample service holds, as a pool of a client does. */
export const connectionsPerPod = 4;

/** A fault with its target drawn: each ordinal named. */
export interface PlannedFault {
  readonly index: number;
  readonly spec: FaultSpec;
  readonly tier: string;
  readonly ordinals: readonly number[];
}
