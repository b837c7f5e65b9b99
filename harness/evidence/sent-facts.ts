/** What the exporters of one life of a collector had handed on when the pipeline came to rest. */
export interface SentFact {
  readonly pod: string;
  readonly life: number;
  /** When it told. */
  readonly atMs: number;
  /** By exporter. */
  readonly spans: Readonly<Record<string, number>>;
}
