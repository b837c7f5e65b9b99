import type { UserOutcome } from '../drive/users.ts';
import type { PlannedRequest } from '../plan/types.ts';

/** What is known of users' requests and of how the application's services handed them on. */
export interface AppFacts {
  readonly requests: readonly UserRequestFact[];
  readonly served: readonly ServedFact[];
  readonly spans: readonly AppSpan[];
}

/** A planned request; no outcome means that none was recorded. */
export interface UserRequestFact extends PlannedRequest {
  readonly outcome: UserOutcome | undefined;
}

/** Headers of context, as they came. */
export interface ContextHeaders {
  readonly traceparent?: string | undefined;
  readonly b3?: string | undefined;
}

/** A program says in its log that it was asked about an order. */
export interface ServedFact {
  /** Name of a service or of a proxy. */
  readonly by: string;
  readonly order: string;
  readonly atMs: number;
  readonly came: ContextHeaders;
  /** The span in which a service serves it; a proxy has none. */
  readonly own:
    | { readonly traceId: string; readonly spanId: string; readonly sampled: boolean }
    | undefined;
}

/** A service's span about an order, as it entered the pipeline. */
export interface AppSpan {
  readonly order: string;
  readonly service: string;
  /** SpanKind of trace.proto. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly atMs: number;
}
