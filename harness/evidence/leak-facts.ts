import type { Secret } from '../plan/types.ts';

/** Where a secret can stand in what is sent. */
export type CanaryPlace = Secret['place'];

/** Where secrets that were planned can be told to have stood, and where they were seen. */
export interface Leaks {
  readonly canaries: readonly CanaryFact[];
  readonly found: readonly LeakFact[];
  /** The records of backends that were searched. */
  readonly recorders: readonly number[];
  /** The logs of collectors that were searched. */
  readonly logs: readonly { readonly pod: string; readonly life: number }[];
  /** Requests whose compression could not be undone; they were searched as they are. */
  readonly unreadable: readonly {
    readonly recorder: number;
    readonly request: number;
    readonly why: string;
  }[];
  /** Points of the load's metrics in what backends were sent. */
  readonly metricPoints: number;
}

/** One canary at one place; its value is in no file of the evidence but what carried it. */
export interface CanaryFact {
  readonly place: CanaryPlace;
  readonly key: string;
  readonly loadIndex: number;
  /** Planned spans, or log records, that carry it. */
  readonly items: readonly number[];
  /** Planned requests of metrics that carry it. */
  readonly points: number;
}

/** Appearances of one canary in one record, or in one pod's log. */
export interface LeakFact {
  /** Its number in `canaries`. */
  readonly canary: number;
  readonly signal: 'traces' | 'logs' | 'metrics' | 'other';
  readonly recorder?: number | undefined;
  readonly pod?: string | undefined;
  /** That wrote the line of the log, where the line says it. */
  readonly component?: string | undefined;
  readonly count: number;
  /** The request, or the byte of the log, that was the first. */
  readonly first: number;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}
