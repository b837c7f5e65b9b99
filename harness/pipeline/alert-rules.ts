import type { Place } from '../lib/errors.ts';

/** What the run's Prometheus evaluates beside what it scrapes. */
export interface AlertRules {
  /** Rule files as Prometheus reads them, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly alerts: readonly AlertRule[];
}

export interface AlertRule {
  readonly alert: string;
  /** Where it was written: `PrometheusRule/otel-collector`, or the file beside the folder. */
  readonly from: string;
  /** How long its expression has to hold, as it was written; undefined: at once. */
  readonly holdsFor: string | undefined;
  readonly place: Place;
}
