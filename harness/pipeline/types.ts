import type { GrafanaLinks } from '../grafana/types.ts';
import type { Place } from '../lib/errors.ts';
import type { AlertRules } from './alert-rules.ts';
import type { IssuedSecret, TlsEnd } from './issued.ts';
import type { EnvironmentVariable, InitContainers, Mount, Volume } from './pod-parts.ts';

export type {
  EnvironmentVariable,
  InitContainers,
  MadeFolder,
  Mount,
  Volume,
} from './pod-parts.ts';

export type Signal = 'traces' | 'logs' | 'metrics';
export const signals: readonly Signal[] = ['traces', 'logs', 'metrics'];

/** A Kubernetes object as it was written, with the edits of the scenario applied. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly value: Record<string, unknown>;
  /** Where the value at a path inside the resource stands. */
  readonly place: (path: readonly PropertyKey[]) => Place;
  /** Where a line and column of the text at a path stand, both from 1. */
  readonly placeInside: (path: readonly PropertyKey[], line: number, column: number) => Place;
  /** Its texts as they are in the file, by key, of those in which an edit has set something. */
  readonly written?: ReadonlyMap<string, string>;
  /** Where that stood, before all edits, which is at a path now. */
  readonly stood?: (path: readonly PropertyKey[]) => readonly PropertyKey[];
}

/** The pipeline under test, understood: who runs, who sends what to whom, who decides. */
export interface Pipeline {
  readonly name: string;
  readonly namespace: string;
  readonly resources: readonly Resource[];
  /** From where the load enters to where it leaves. */
  readonly tiers: readonly Tier[];
  readonly backends: readonly Backend[];
  readonly services: readonly Service[];
  /** TLS Secrets that the run makes: cert-manager's, and those that the folder lacks. */
  readonly issued?: readonly IssuedSecret[];
  /** Tiers by what they do, as scenarios may call them: `entry`, `sampler`. */
  readonly roles: ReadonlyMap<string, string>;
  /** Where the author says that signals enter; what is not said is as the manifests tell. */
  readonly entries: readonly DeclaredEntry[];
  /** The version of Grafana that its author uses, where it is said. */
  readonly grafana: string | undefined;
  /** Data sources of Grafana and the links between them; undefined where no file tells of them. */
  readonly links: GrafanaLinks | undefined;
  /** What the run's Prometheus evaluates; undefined where nobody wrote rules. */
  readonly rules?: AlertRules | undefined;
  /** Hosts of exporters that nobody declared, with what each was taken for. */
  readonly guessed: readonly string[];
  /** What will not be as in a cluster, or is not modelled; the report lists it. */
  readonly notes: readonly string[];
}

/** Where some signals enter: at each node's own pod of a tier, or through a Service. */
export interface DeclaredEntry {
  readonly tier: string;
  readonly signals: readonly Signal[];
  /** Undefined: as the manifests say. */
  readonly by: 'node' | 'service' | undefined;
  readonly place: Place;
}

/** One set of equal collector pods. */
export interface Tier {
  /** What scenarios call it: the resource's own name. */
  readonly name: string;
  readonly workload: Workload;
  readonly components: readonly Component[];
  /** What `--set` finds its configuration by, where it reaches into it. */
  readonly settable?: string;
  /** Receivers and extensions that stand in the manifests, and not in what runs. */
  readonly leftOut: readonly Component[];
  readonly pipelines: readonly SignalPipeline[];
  readonly outputs: readonly Output[];
  /** Ways into its receivers that are encrypted. */
  readonly tlsEnds?: readonly TlsEnd[];
  /** The first of `samplers`. */
  readonly tailSampling: TailSampling | undefined;
  /** Every tail_sampling of its pipelines. */
  readonly samplers: readonly TailSampling[];
  /** Health check of the collector's own extension, if it has one. */
  readonly health: { readonly port: number; readonly path: string } | undefined;
  /** The collector's own log leaves out lines that repeat, as it does unless told otherwise. */
  readonly logsSampled: boolean;
  /** Its level leaves out what a collector says of its own start and end. */
  readonly logsLittle: boolean;
}

export type ComponentKind = 'receivers' | 'processors' | 'exporters' | 'connectors' | 'extensions';

export interface Component {
  readonly kind: ComponentKind;
  /** As written: `attributes/redact`. */
  readonly id: string;
  /** Current name of its type: `otlp` and `otlp_grpc` are one. */
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly place: Place;
  /** Where one of its settings stands, or what set it; else as near to it as there is one. */
  readonly placeOf?: (path: readonly PropertyKey[]) => Place;
}

export interface SignalPipeline {
  readonly id: string;
  readonly signal: Signal;
  readonly receivers: readonly Component[];
  readonly processors: readonly Component[];
  readonly exporters: readonly Component[];
}

/** One exporter of one tier and where it sends a signal. */
export interface Output {
  readonly signal: Signal;
  readonly exporter: Component;
  readonly protocol: 'grpc' | 'http';
  /** The exporter speaks TLS. */
  readonly tls: boolean;
  /** `port` is that of the pods, whatever the Service's is. */
  readonly to:
    | { readonly tier: string; readonly service: string; readonly port: number }
    | { readonly backend: string };
  /** Spreads over the pods of the tier it sends to, by what spread.ts says. */
  readonly loadBalancing: boolean;
  /** Where the backend listens, if its author says that it does not take this at this port. */
  readonly listensAt?: string;
}

export const backendKinds = ['tempo', 'loki', 'prometheus'] as const;
export type BackendKind = (typeof backendKinds)[number];

/**
 * `otlp`: a place outside that takes all signals, a vendor's. No program stands there: the recorder
 * answers as an OTLP endpoint does.
 */
export const endKinds = [...backendKinds, 'otlp'] as const;
export type EndKind = (typeof endKinds)[number];

export const isProgram = (kind: EndKind): kind is BackendKind => kind !== 'otlp';

/** The kind of backend that takes a signal. */
export const kindOf: Readonly<Record<Signal, BackendKind>> = {
  traces: 'tempo',
  logs: 'loki',
  metrics: 'prometheus',
};

/** The port at which a backend listens for a protocol; none where it does not. */
export interface BackendPorts {
  readonly grpc?: number | undefined;
  readonly http?: number | undefined;
}

/** An exporter host that is no Service of the pipeline's folder. */
export interface Backend {
  /** `host:port` as the exporter names it; unique. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  /** As its author says; undefined: it is taken to listen wherever it is sent to. */
  readonly ports: BackendPorts | undefined;
  readonly kind: EndKind;
  /** It speaks TLS, which its recorder ends. */
  readonly tls: boolean;
  readonly signals: readonly Signal[];
  readonly place: Place;
}

interface Port {
  readonly name: string;
  readonly port: number;
}

export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly headless: boolean;
  /** `internalTrafficPolicy: Local`: it leads to pods of the sender's own node only. */
  readonly local: boolean;
  /** `workload` names the pods behind it. */
  readonly workload: string;
  readonly ports: readonly (Port & { readonly targetPort: number })[];
}

/** What the kubelet needs to run one tier's pods. */
export interface Workload {
  readonly kind: 'daemonset' | 'statefulset' | 'deployment' | 'sidecar';
  /** Of a sidecar: whose pods carry one; undefined: all. */
  readonly injectedInto?: readonly string[] | undefined;
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: readonly EnvironmentVariable[];
  /** More of it is in a Secret or ConfigMap that the folder lacks. */
  readonly lacksVariables?: boolean;
  readonly ports: readonly (Port & { readonly hostPort?: number })[];
  readonly memoryLimitBytes: number | undefined;
  readonly cpuLimit: number | undefined;
  readonly volumes: readonly Volume[];
  readonly mounts: readonly Mount[];
  /** Undefined: its pods have none. */
  readonly init?: InitContainers;
  readonly terminationGraceMs: number;
  readonly place: Place;
}

export interface TailSampling {
  readonly component: Component;
  readonly decisionWaitMs: number;
  readonly numTraces: number;
  readonly sampledCacheSize: number;
  readonly nonSampledCacheSize: number;
  readonly dropPendingOnShutdown: boolean;
  /** Each request is asked as it comes, not the trace when its time is over. */
  readonly onIngest: boolean;
  readonly sampleOnFirstMatch: boolean;
  /** Decided this long after its root came, if that is sooner; 0: the root does not matter. */
  readonly waitAfterRootMs: number;
  /** A trace is given up as soon as it is larger; 0: never. */
  readonly maximumTraceSizeBytes: number;
  /** Takes in no more traces than `numTraces` instead of pushing out the oldest. */
  readonly blockOnOverflow: boolean;
  readonly policies: readonly Policy[];
  /** Settings and policies whose effect is not modelled: with any, not all decisions are known. */
  readonly unmodelled: readonly string[];
  /** Of these the settings: with any, it is not known when and of what anything is decided. */
  readonly unmodelledSettings: readonly string[];
}

export type Policy = { readonly name: string; readonly place: Place } & PolicyRule;

export type PolicyRule =
  | { readonly type: 'always_sample' }
  | { readonly type: 'status_code'; readonly codes: readonly number[] }
  | { readonly type: 'latency'; readonly thresholdMs: number; readonly upperThresholdMs: number }
  | {
      readonly type: 'string_attribute';
      readonly key: string;
      readonly values: readonly string[];
      readonly regex: boolean;
      readonly invert: boolean;
    }
  | {
      readonly type: 'numeric_attribute';
      readonly key: string;
      readonly min: number | undefined;
      readonly max: number | undefined;
      readonly invert: boolean;
    }
  | {
      readonly type: 'boolean_attribute';
      readonly key: string;
      readonly value: boolean;
      readonly invert: boolean;
    }
  | { readonly type: 'probabilistic'; readonly percentage: number; readonly salt: string }
  | { readonly type: 'span_count'; readonly min: number; readonly max: number }
  | { readonly type: 'and'; readonly rules: readonly PolicyRule[] }
  | { readonly type: 'drop'; readonly rules: readonly PolicyRule[] }
  | { readonly type: 'not'; readonly rule: PolicyRule }
  /** No other value than a text can stand in a trace state. */
  | { readonly type: 'trace_state'; readonly key: string; readonly values: readonly string[] }
  | { readonly type: 'trace_flags' }
  /** Any of the conditions on a span; those on its events find none in what the bench sends. */
  | { readonly type: 'ottl_condition'; readonly conditions: readonly string[] }
  | { readonly type: 'composite'; readonly parts: readonly CompositePart[] }
  | Limiter
  | { readonly type: 'unmodelled'; readonly written: string };

/** Policies whose answer hangs on what else was decided before. */
export type Limiter =
  | { readonly type: 'rate_limiting'; readonly spansPerSecond: number }
  | {
      readonly type: 'bytes_limiting';
      readonly bytesPerSecond: number;
      readonly burstBytes: number;
    };

/** What a part samples counts against its own limit; the first part that samples decides. */
export interface CompositePart {
  readonly name: string;
  readonly rule: PolicyRule;
  readonly spansPerSecond: number;
}
