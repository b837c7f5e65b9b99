import type { Receipt } from '../faults/types.ts';
import type { FileDigest } from '../shell/digest.ts';
import type { PodLife, TapFile } from '../stack/types.ts';
import type {
  AppFacts,
  Attributes,
  BackendAnswers,
  BlockFact,
  Clicks,
  ContentPair,
  DropLine,
  Leaks,
  LoadFacts,
  MadeSeries,
  ProcessorStart,
  QueueFact,
  RecorderFact,
  RunFacts,
  WordLine,
} from './types.ts';

/**
 * What the run itself knew, saved as it went on: with the taps' files, the load's outcomes and the
 * collectors' logs it is all that the evidence is made of.
 */
export interface RawRun {
  readonly runId: string;
  readonly runtime: 'embedded' | 'kind';
  /** Of the plan that was sent: a plan made again from the seed must be the same. */
  readonly planHash: string;
  /** Of the plan; undefined in runs from before they were sealed. */
  readonly seed?: number | undefined;
  readonly startMs: number;
  readonly endMs: number;
  /** Why the pipeline was not at rest when it was stopped; undefined where it was. */
  readonly unsettled?: string | undefined;
  readonly addressOfPod: readonly string[];
  /** Uids of the planned pods, where the runtime did not take the planned ones. */
  readonly uidOfPod?: readonly string[] | undefined;
  readonly workerNodes: readonly string[];
  /** Files are named relative to the run's folder. */
  readonly tapFiles: readonly TapFile[];
  readonly lives: readonly PodLife[];
  readonly receipts: readonly Receipt[];
  readonly load: LoadFacts;
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * What a run's folder held when its record was whole. It guards against accident: a file of another
 * run, a copy that was cut off, an edit that was forgotten. Whoever means to forge a run can.
 */
export interface Seal {
  readonly runId: string;
  readonly planHash: string;
  readonly seed: number;
  /** By their path in the run's folder. */
  readonly files: Readonly<Record<string, FileDigest>>;
}

/** What is kept as JSON; each is a file of its own name. */
export interface StoredJson {
  readonly facts: RunFacts;
  readonly blocks: readonly BlockFact[];
  readonly recorders: readonly RecorderFact[];
  readonly lives: readonly PodLife[];
  readonly receipts: readonly Receipt[];
  readonly answers: BackendAnswers;
  readonly clicks: Clicks;
  readonly drops: readonly DropLine[];
  readonly words: readonly WordLine[];
  readonly starts: readonly ProcessorStart[];
  readonly queues: readonly QueueFact[];
  readonly series: MadeSeries;
  readonly leaks: Leaks;
  readonly app: AppFacts;
  readonly contents: readonly StoredContent[];
  readonly dictionaries: StoredDictionaries;
  readonly recorded: RecordedFiles;
}

export interface StoredDictionaries {
  readonly attributes: readonly Attributes[];
  readonly resources: readonly Attributes[];
  readonly scopes: readonly Attributes[];
  readonly names: readonly Attributes[];
}

export interface StoredContent extends ContentPair {
  readonly signal: 'traces' | 'logs';
  readonly item: number;
  readonly recorder: number;
  readonly request: number;
}

/** SHA-256 of the files that a run recorded, by their path in its folder. */
export type RecordedFiles = Readonly<Record<string, string>>;
