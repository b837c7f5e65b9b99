import type { Place } from '../lib/errors.ts';

/** What Grafana is told of its data sources and the links between them, read as it reads it. */
export interface GrafanaLinks {
  readonly version: GrafanaVersion;
  readonly dataSources: readonly DataSource[];
  /** What expanded from an environment that nobody knows, and was taken for empty. */
  readonly expanded: readonly Expanded[];
}

export interface GrafanaVersion {
  /** As its author wrote it, or the one that is taken where nobody says. */
  readonly text: string;
  /** How it asks Loki for the logs of a span. */
  readonly spanToLogs: 'line' | 'line-or-metadata' | 'probes';
  /** Dots in the keys of configured tags become underscores, as Loki names its labels. */
  readonly namesAsLoki: boolean;
}

/** A `$x` or `${x}` with one dollar sign: provisioning takes it for an environment variable. */
export interface Expanded {
  readonly dataSource: string;
  /** As it was written: `${__span.traceId}`. */
  readonly written: string;
  /** Keys that lead to it: `jsonData`, `derivedFields`. */
  readonly path: readonly PropertyKey[];
  readonly place: Place;
}

export type DataSourceType = 'tempo' | 'loki' | 'prometheus';

export interface DataSource {
  readonly uid: string;
  readonly name: string;
  /** Any of Grafana's; links lead from and to those of `DataSourceType`. */
  readonly type: string;
  readonly url: string;
  /** Lines that a query of a Loki data source shows at most. */
  readonly maxLines: number;
  readonly tracesToLogs: TracesToLogs | undefined;
  readonly derivedFields: readonly DerivedField[];
  readonly exemplarDestinations: readonly ExemplarDestination[];
  readonly place: Place;
}

/** `tracesToLogsV2` of a Tempo data source. */
export interface TracesToLogs {
  readonly datasourceUid: string | undefined;
  /** Undefined: the default tags. */
  readonly tags: readonly Mapping[] | undefined;
  readonly filterByTraceId: boolean;
  readonly filterBySpanId: boolean;
  /** Undefined unless `customQuery` is set: `query` alone is ignored. */
  readonly customQuery: string | undefined;
  /** `query` was written and is ignored. */
  readonly ignoredQuery: boolean;
  readonly startShiftMs: number;
  readonly endShiftMs: number;
  readonly place: Place;
}

/** A tag of a span and the label that it is called in Loki, where that is said. */
export interface Mapping {
  readonly key: string;
  readonly value: string | undefined;
}

/** One of `derivedFields` of a Loki data source. */
export interface DerivedField {
  readonly name: string | undefined;
  readonly matcherType: string | undefined;
  readonly matcherRegex: string | undefined;
  /** With a data source: the query. */
  readonly url: string | undefined;
  readonly datasourceUid: string | undefined;
  readonly place: Place;
}

/** One of `exemplarTraceIdDestinations` of a Prometheus data source. */
export interface ExemplarDestination {
  readonly name: string;
  readonly datasourceUid: string | undefined;
  readonly url: string | undefined;
  readonly place: Place;
}

export interface Tag {
  readonly key: string;
  readonly value: unknown;
}

/** A span as Grafana's trace view shows it: what Tempo answered. */
export interface ShownSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly resource: readonly Tag[];
  readonly attributes: readonly Tag[];
}

/** A line as Grafana's log view shows it. */
export interface ShownLine {
  readonly line: string;
  /** Labels and structured metadata. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Why a user is shown no link where one is meant to be. */
export type NoLink =
  | { readonly why: 'not-configured' }
  | { readonly why: 'data-source-unknown'; readonly uid: string | undefined }
  /** None of these tags is on the span or its resource. */
  | { readonly why: 'no-tags'; readonly tags: readonly string[] }
  | { readonly why: 'variable-undefined'; readonly variables: readonly string[] }
  /** No derived field, or no exemplar destination, found anything to link. */
  | { readonly why: 'nothing-matches' }
  /** The bench does not know what Grafana would make of it. */
  | { readonly why: 'not-modelled'; readonly what: string };

/** One request to a backend's own API, as Grafana makes it behind a click. */
export interface LinkRequest {
  readonly to: DataSourceType;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Asked instead where this one is answered by 404, or by nothing. */
  readonly otherwise?: LinkRequest;
}

/** A link that a user sees, with what a click on it asks. */
export interface Link {
  /** What it is called: the derived field, or the data source that it leads to. */
  readonly label: string;
  readonly request: LinkRequest;
}
