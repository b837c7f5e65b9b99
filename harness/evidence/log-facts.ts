/** Between these moments, epoch milliseconds, a collector process started its processors. */
export interface ProcessorStart {
  readonly pod: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A line in which a collector says that it dropped or rejected data. */
export interface DropLine {
  readonly pod: string;
  readonly atMs: number;
  readonly component: string;
  readonly signal: string;
  readonly items: number;
  readonly error: string;
  readonly rejected: boolean;
  /** A processor's line, which does not say how many: `items` is 0. */
  readonly uncounted?: true;
}

/** What a process said of data that one of its components refused or failed at. */
export interface WordLine {
  readonly pod: string;
  /** As its log names it; empty where it does not. */
  readonly component: string;
  readonly signal: string;
  readonly words: string;
  /** The OTTL statement, the condition or the endpoint that it is about; empty where it is none. */
  readonly about: string;
  readonly error: string;
  /** When it was said first and last, epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How often, as far as it was written. */
  readonly lines: number;
}
