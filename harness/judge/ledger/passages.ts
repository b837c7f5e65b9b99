/** One trace that a process asked a limit about. */
export interface Passage {
  readonly traceId: string;
  /** When it was asked. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly least: number;
  readonly most: number;
  /** Undefined where either is possible. */
  readonly passed: boolean | undefined;
}

/** What a limit can't have answered. */
export interface Breach {
  readonly what: 'let more through than it may' | 'turned away what it had room for';
  readonly traceId: string;
  readonly atMs: number;
}
