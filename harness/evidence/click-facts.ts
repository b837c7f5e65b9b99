import type { NoLink } from '../grafana/types.ts';

/** Which link was followed: from what a user looks at to what a click is to show. */
export type LinkKind = 'trace-to-log' | 'log-to-trace' | 'exemplar-to-trace';

/** What a log record, a span or an exemplar is known by. */
export interface ItemName {
  readonly traceId: string;
  readonly spanId: string;
}

/** A log record as the real Loki shows it. */
export interface LogRow extends ItemName {
  /** Nanoseconds since the epoch, as text: they are beyond what a number holds. */
  readonly timeNanos: string;
  readonly line: string;
  /** Labels and structured metadata. */
  readonly labels: Readonly<Record<string, string>>;
}

/** An exemplar as the real Prometheus shows it; ids are of the span that it was sent with. */
export interface ExemplarRow extends ItemName {
  readonly labels: Readonly<Record<string, string>>;
}

/** A click at one item, and what came of it. */
export interface Click extends ItemName {
  readonly link: LinkKind;
  /** Uid of the data source that it leads from. */
  readonly from?: string;
  /** No link is shown, and why. */
  readonly absent?: NoLink;
  /** What the link is called in Grafana. */
  readonly label?: string;
  readonly request?: ClickRequest;
  readonly answer?: ClickAnswer;
}

/** The request that was made; of several that Grafana tries, the last. */
export interface ClickRequest {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ClickAnswer {
  /** Undefined where the backend did not answer. */
  readonly status?: number;
  /** What it said of an error. */
  readonly error?: string;
  /** Spans or log records that it holds. */
  readonly items: readonly ItemName[];
}

/** What a user's clicks led to, on the run's own backends. */
export interface Clicks {
  /** Rows that log records of the sample have in Loki. */
  readonly rows: readonly LogRow[];
  /** Of the sample: taken by Loki, and it shows none of it. */
  readonly unseen: readonly ItemName[];
  readonly clicks: readonly Click[];
  /** Spans that the load's metrics name as examples; absent where none do. */
  readonly sentExemplars?: readonly ItemName[];
  /** Those that Prometheus shows, with their labels. */
  readonly exemplars?: readonly ExemplarRow[];
  readonly errors: readonly string[];
}
