import type { Place } from '../lib/errors.ts';
import type { CanaryPlace } from './canaries.ts';
import type { CardCell } from './card.ts';
import type { Claim } from './claims.ts';
import type { UserLoad } from './users.ts';
import type { FaultSpec } from './words/index.ts';
import type { OwnedExpectation } from './words/owned.ts';

export type { AppHop, AppPod, AppService, ProxyName } from './apps.ts';
export type { CanaryPlace } from './canaries.ts';
export type { UserLoad } from './users.ts';
export type { ExceptionName } from './words/except.ts';
export type {
  CheckName,
  Expectation,
  ExpectationOf,
  FaultKind,
  FaultSpec,
} from './words/index.ts';
export type { Target } from './words/target.ts';

/** What a scenario file says, with units resolved: milliseconds, shares in 0..1, rates a second. */
export interface Scenario {
  readonly file: string;
  /** Where the value at a path of the file stands. */
  readonly place: (path: readonly PropertyKey[]) => Place;
  readonly name: string;
  readonly about: string;
  /** A folder under `fixtures/pipelines`, or a path to the user's own. */
  readonly pipeline: string;
  readonly tags: readonly string[];
  /** Cells of the design card that it is for; with one it has the tag `card`. */
  readonly card: readonly CardCell[];
  /** Sentences of the articles that a run of it answers. */
  readonly claims: readonly Claim[];
  readonly set: readonly Edit[];
  readonly load: readonly TraceLoad[];
  /** Users of the sample application, beside the load; undefined: it does not run. */
  readonly users: UserLoad | undefined;
  readonly phases: readonly Phase[];
  readonly faults: readonly FaultSpec[];
  /** How long the pipeline may take to come to rest behind the load, beyond `decision_wait`. */
  readonly settleMs: number;
  readonly expect: readonly OwnedExpectation[];
}

/** One edit of the pipeline for this run: `resource` is `Kind/name`, `path` is dotted. */
export interface Edit {
  readonly resource: string;
  readonly path: string;
  readonly value: unknown;
  /** Where it was written, for messages: `file:line:column` or `--set`. */
  readonly origin: string;
}

export interface Phase {
  readonly forMs: number;
  /** Factor on every rate. */
  readonly times: number;
}

export interface TraceLoad {
  readonly name: string;
  readonly ratePerSecond: number;
  readonly services: readonly string[];
  readonly podsPerService: number;
  /** Pods say their address in `k8s.pod.ip`, or it is that of their connections alone. */
  readonly address: 'attribute' | 'connection';
  /** `node`: the services of one trace are served on one node, as far as they have pods there. */
  readonly affinity: 'node' | undefined;
  /** It begins before load balancers were told whom they send to, and they are told late. */
  readonly startRace: boolean;
  readonly tree: readonly SpanNode[];
  readonly classes: readonly ClassSpec[];
  readonly late: LateSpec | undefined;
  readonly logsPerSpan: number;
  /** Where log records go into files: one that grows to this size is rotated. */
  readonly rotateLogsBytes: number;
  /** Each pod reports its metrics this often; 0 turns metrics off. */
  readonly metricsEveryMs: number;
  /** Each report names a span that its pod just ended. */
  readonly exemplars: boolean;
  readonly canaries: readonly Canary[];
}

/** One span of the trace's shape; times are fractions of the root span's duration. */
export interface SpanNode {
  readonly name: string;
  readonly service: string;
  /** Index of the parent in the tree; -1 for the root, which is the first. */
  readonly parent: number;
  readonly startFraction: number;
  readonly endFraction: number;
}

/** A disjoint share of the traces with something special about them. The rest is class `normal`. */
export interface ClassSpec {
  readonly name: string;
  readonly share: number;
  readonly statusError: boolean;
  /** Duration of the root span; undefined: as any other trace. */
  readonly durationMs: number | undefined;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** The attributes stand on the root span or on each span. */
  readonly on: 'root' | 'each';
}

export type AttributeValue = string | number | boolean;

export interface LateSpec {
  readonly share: number;
  readonly deliverAfterMs: number;
}

/**
 * A secret that no backend may ever hold. Of spans and log records it is put on the roots of this
 * share of the traces; as a resource attribute, a metric's label or an exemplar's attribute on this
 * share of the requests.
 */
export interface Canary {
  /** The attribute's key; of a name or a body, what the secret is called. */
  readonly key: string;
  readonly share: number;
  readonly places: readonly CanaryPlace[];
}
