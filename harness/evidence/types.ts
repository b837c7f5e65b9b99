import type { Receipt } from '../faults/types.ts';
import type { OtlpValue } from '../lib/otlp/decode.ts';
import type { PlannedFault, PlannedPod } from '../plan/types.ts';
import type { MachineSample } from '../shell/machine.ts';
import type { PodLife } from '../stack/types.ts';
import type { AnswerOutcome, RecordedHop } from '../tap/format.ts';
import type { AlertAnswer } from './alert-facts.ts';
import type { AppFacts } from './app-facts.ts';
import type { BlockFact } from './block-facts.ts';
import type { Clicks } from './click-facts.ts';
import type { Leaks } from './leak-facts.ts';
import type { DropLine, ProcessorStart, WordLine } from './log-facts.ts';
import type { QueueFact } from './queue-facts.ts';
import type { SentFact } from './sent-facts.ts';
import type { MadeSeries } from './series-facts.ts';

export type { MachineSample } from '../shell/machine.ts';
export type { AlertAnswer } from './alert-facts.ts';
export type { AppFacts, AppSpan, ServedFact, UserRequestFact } from './app-facts.ts';
export type { BlockFact, MissedScrapes } from './block-facts.ts';
export type * from './click-facts.ts';
export type { CanaryFact, CanaryPlace, LeakFact, Leaks } from './leak-facts.ts';
export type { DropLine, ProcessorStart, WordLine } from './log-facts.ts';
export type { QueuedRequest, QueueFact } from './queue-facts.ts';
export type { MadeSeries } from './series-facts.ts';

/** What a run leaves behind, as the judge sees it: read-only, whatever it is stored in. */
export interface Evidence {
  readonly facts: RunFacts;
  readonly blocks: readonly BlockFact[];
  readonly recorders: readonly RecorderFact[];
  readonly lives: readonly PodLife[];
  readonly receipts: readonly Receipt[];
  readonly answers: BackendAnswers | undefined;
  readonly drops: readonly DropLine[];
  /** None in runs from before they were read. */
  readonly words: readonly WordLine[];
  /** Undefined where it was recorded before canaries were looked for. */
  readonly leaks: Leaks | undefined;
  /** Undefined where no link was followed. */
  readonly clicks: Clicks | undefined;
  /** What collectors counted themselves; undefined in runs from before it was looked for. */
  readonly series: MadeSeries | undefined;
  /** Persistent queues as they were left; none in runs from before they were copied. */
  readonly queues: readonly QueueFact[];
  /** Of users' requests; undefined where there are none. */
  readonly app: AppFacts | undefined;
  /** Of those processes whose logs say it. */
  readonly starts: readonly ProcessorStart[];
  /** How busy the machine was; none in runs from before it was looked at. */
  readonly machine: readonly MachineSample[];
  /** What exporters counted by the end; none where no collector told, and in older runs. */
  readonly sent: readonly SentFact[];
  request(recorder: number, request: number): RequestFact | undefined;
  /** Decoded attributes, resource attributes and scopes by their numbers. */
  attributes(id: number): Attributes;
  resource(id: number): Attributes;
  scope(id: number): Attributes;
  /** A span's name and kind. */
  name(id: number): Attributes;
  /** Every planned trace with its spans and where each was seen, trace by trace. */
  traces(): AsyncIterable<TraceEvidence>;
  logs(): AsyncIterable<ItemEvidence>;
  /** Every planned metric point; `traceId` is its series, `spanId` its value and moment. */
  points(): AsyncIterable<ItemEvidence>;
  /** Items seen somewhere that nobody planned. */
  foreign(): Promise<readonly ForeignItem[]>;
  /** The fields of two items whose core differs, beside each other. */
  contents(item: ItemKey, sighting: Sighting): ContentPair | undefined;
  /** Arrivals of traces at one recorder, in the order of the requests and within them. */
  arrivals(recorder: number): AsyncIterable<TraceArrival>;
  /** Traces that came to one recorder and were handed on to one of others: when, and when first. */
  emissions(
    recorder: number,
    backends: readonly number[],
  ): AsyncIterable<{ readonly enteredMs: number; readonly emittedMs: number }>;
  /** Distinct traces that arrived at a recorder. */
  distinctTraces(recorder: number): Promise<number>;
}

export type Attributes = Readonly<Record<string, OtlpValue>>;

/** Facts about the run as a whole. */
export interface RunFacts {
  readonly runId: string;
  readonly runtime: 'embedded' | 'kind';
  readonly seed: number;
  readonly planHash: string;
  readonly startMs: number;
  /** When the last block was due, after the start. */
  readonly loadMs: number;
  /** When the collectors were asked to stop. */
  readonly endMs: number;
  /** Why the pipeline was not at rest then; undefined where it was. */
  readonly unsettled?: string | undefined;
  readonly classNames: readonly string[];
  readonly pods: readonly PlannedPod[];
  readonly addressOfPod: readonly string[];
  readonly workerNodes: readonly string[];
  readonly faults: readonly PlannedFault[];
  readonly plannedTraces: number;
  readonly plannedSpans: number;
  readonly plannedLogs: number;
  /** Reports of one pod each, a point of each of its metrics. */
  readonly plannedMetricBlocks: number;
  /** Metrics were scraped: a point is known by series and value, its time is who scraped it’s. */
  readonly isScraped?: boolean | undefined;
  readonly load: LoadFacts;
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

export interface LoadFacts {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly cpuMs: number;
  readonly lastLines: readonly string[];
}

/** One recorded hop. */
export interface RecorderFact {
  readonly number: number;
  readonly name: string;
  readonly hop: RecordedHop;
  readonly pod: string | undefined;
  /** The file is there and ends with its end record. */
  readonly complete: boolean;
  /** What is wrong with it, if it is not. */
  readonly defect: string | undefined;
  readonly requests: number;
  /** Requests whose answer is not in the record. */
  readonly unanswered: readonly number[];
  /** Requests whose answer did not reach the sender. */
  readonly unheard: readonly number[];
  /** Of requests that their senders gave up; none in runs from before they were followed. */
  readonly followed?: readonly FollowedAnswer[] | undefined;
  /** Requests of metrics whose points can't be read; absent where all can. */
  readonly unreadPoints?: readonly number[] | undefined;
  /** Moments of its first and last record, epoch milliseconds. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** What the real endpoint answered after the sender had given the request up. */
export interface FollowedAnswer {
  readonly request: number;
  readonly atMs: number;
  readonly outcome: AnswerOutcome;
  /** Items that the answer says were not taken. */
  readonly rejected: number;
}

export interface RequestFact {
  readonly atMs: number;
  /** `missing`: no answer was recorded although the record goes on. */
  readonly outcome: AnswerOutcome | 'missing';
  readonly answeredMs: number;
  readonly code: number;
  readonly message: string;
  /** Items that the answer says were not taken (partial success). */
  readonly rejected: number;
  /** What that is of all that it had; `unread` where nobody can read the answer. */
  readonly rejects?: 'some' | 'all' | 'unread';
  /** The answer reached the sender, as far as the recorder could see. */
  readonly heard: boolean;
  /** When all of it was taken after all, of a request that its sender gave up. */
  readonly takenMs?: number | undefined;
  /** By Prometheus' remote write, not by OTLP. */
  readonly remoteWrite?: true;
}

/** Spans of one trace in one request; they were taken in between these moments. */
export interface TraceArrival {
  readonly trace: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ItemKey {
  readonly signal: 'traces' | 'logs';
  readonly item: number;
}

/** One appearance of a planned item in one recorded request. */
export interface Sighting {
  readonly recorder: number;
  readonly request: number;
  readonly coreDigest: number;
  readonly stateDigest: number;
  readonly attributesId: number;
  readonly resourceId: number;
  readonly scopeId: number;
}

/** A planned span or log record with everything that was seen of it. */
export interface ItemEvidence {
  readonly item: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly block: number;
  readonly pod: number;
  readonly late: boolean;
  readonly startOffsetNanos: number;
  readonly endOffsetNanos: number;
  readonly statusCode: number;
  readonly coreDigest: number;
  readonly stateDigest: number;
  readonly attributesId: number;
  readonly resourceId: number;
  readonly scopeId: number;
  readonly nameId: number;
  readonly sightings: readonly Sighting[];
}

export interface TraceEvidence {
  readonly trace: number;
  readonly traceId: string;
  readonly className: string;
  readonly spans: readonly ItemEvidence[];
}

export interface ForeignItem {
  readonly signal: 'traces' | 'logs' | 'metrics';
  readonly recorder: number;
  readonly request: number;
  readonly traceId: string;
  readonly spanId: string;
}

export interface ContentPair {
  readonly planned: Readonly<Record<string, string>>;
  readonly seen: Readonly<Record<string, string>>;
}

/** A file that is not what the run recorded, or that contradicts another. */
export interface Doubt {
  /** By its path in the run's folder. */
  readonly file: string;
  readonly what: string;
}

/** What the real backends answered when they were asked; undefined where they did not. */
export interface BackendAnswers {
  readonly traces: readonly TraceAnswer[];
  /** Trace ids found by search among those asked by id. */
  readonly searched?: readonly string[] | undefined;
  readonly logs?: readonly LogAnswer[] | undefined;
  /** Series of each collector that Prometheus itself holds. */
  readonly series?: readonly SeriesAnswer[] | undefined;
  /** What Prometheus says of its alerting rules; undefined in runs from before it was asked. */
  readonly alerts?: readonly AlertAnswer[] | undefined;
  /** What logs and metrics are found by; undefined where nobody asks for it. */
  readonly labels?: LabelAnswers | undefined;
  readonly visibility: readonly VisibilityProbe[];
  readonly errors: readonly string[];
}

export interface TraceAnswer {
  readonly traceId: string;
  readonly status: number;
  readonly spanIds: readonly string[];
}

export interface LogAnswer {
  readonly traceId: string;
  readonly spanIds: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

/** Undefined where there is no such backend, or it gave no answer. */
export interface LabelAnswers {
  /** Loki's streams, each with spans of which log records are in it. */
  readonly streams?: readonly { readonly labels: Labels; readonly spanIds: readonly string[] }[];
  /** Prometheus' series of the load's pods, and what `target_info` says of them. */
  readonly series?: readonly Labels[];
}

export interface SeriesAnswer {
  readonly pod: string;
  readonly tier: string;
  readonly up: boolean;
  readonly samples: number;
  /** Last value of some counters, by name. */
  readonly counters: Readonly<Record<string, number>>;
}

/** When a trace could first be queried, after its last on-time span was sent. */
export interface VisibilityProbe {
  readonly traceId: string;
  readonly sentMs: number;
  readonly visibleMs: number | undefined;
  /** When it was last asked for in vain; it may have become visible right behind that. */
  readonly missedMs?: number | undefined;
}
