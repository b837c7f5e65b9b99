/** What the run's Prometheus says of one alerting rule, asked while the collectors still ran. */
export interface AlertAnswer {
  readonly alert: string;
  readonly expression: string;
  /** How long it has to hold before it fires. */
  readonly holdsForMs: number;
  /** When it was last evaluated; undefined: never. */
  readonly evaluatedMs?: number | undefined;
  /** Why its last evaluation failed; undefined where it did not. */
  readonly error?: string | undefined;
  /** When it first was true, and first fired; undefined: never. */
  readonly pendingMs?: number | undefined;
  readonly firingMs?: number | undefined;
  /** Names of metrics in its expression, with how many series of each there have been. */
  readonly metrics: Readonly<Record<string, number>>;
}
