/** A persistent queue as one life of a container left it on disk. */
export interface QueueFact {
  readonly pod: string;
  readonly uid: string;
  readonly life: number;
  /** Its file in the container. */
  readonly path: string;
  readonly signal: 'traces' | 'logs' | 'metrics';
  /** Why it can't be read; then nobody knows what was in it. */
  readonly defect?: string | undefined;
  readonly requests: readonly QueuedRequest[];
}

/** A request that waits in a queue. */
export interface QueuedRequest {
  readonly index: number;
  /** It was being sent. */
  readonly dispatched: boolean;
  /** Spans or log records by trace id and span id, one behind the other in hex; no points. */
  readonly items: readonly string[];
}
