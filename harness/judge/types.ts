import type { CheckName } from '../scenario/types.ts';
import type { FindingKind } from './findings.ts';

/** Worst wins; missing evidence can only lead to `unknown`. */
export type Outcome = 'pass' | 'fail' | 'unknown';

/** Items that prove a finding, by identity. */
export interface Example {
  readonly traceId: string;
  readonly spanId?: string;
  /** What was seen of it, in a few words. */
  readonly note?: string;
}

/**
 * What the evidence lacks, where that opens what other checks say: a whole `record`, an `answer`
 * within one, which `way` items take, what a sampler’s `memory` held when, or that the `bench` did
 * its own part: offered the load on time, kept the backends up. A gap can only lead to unknown.
 */
export const gaps = ['record', 'answer', 'way', 'memory', 'bench'] as const;
export type Gap = (typeof gaps)[number];

/** One thing that is wrong: what, where, why, how often, when, for example, how to fix it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly hop: string;
  readonly component: string;
  readonly cause: string;
  /** What made it so: a setting with its place, a collector's own words. */
  readonly why?: string;
  readonly count: number;
  /** Epoch milliseconds of the first and last item concerned; null where none has a time. */
  readonly window: { readonly fromMs: number; readonly toMs: number } | null;
  readonly examples: readonly Example[];
  readonly fix: string;
  readonly gap?: Gap;
  /** Another finding that brought this one about. */
  readonly follows?: { readonly kind: FindingKind; readonly component: string };
}

export interface CheckResult {
  readonly name: CheckName | 'start' | 'load' | 'evidence' | 'faults' | 'backends' | 'ring';
  /** What tells several checks of one name apart: a class, a tier. */
  readonly subject: string;
  readonly verdict: Outcome;
  readonly expected: string;
  readonly observed: string;
  readonly findings: readonly Finding[];
}

export interface FilteredCount {
  readonly processor: string;
  readonly spans: number;
}
/** What the config ends inside a collector: in `debug`, say. */
export interface EndedCount {
  readonly exporter: string;
  readonly spans: number;
}
export interface LostCount {
  readonly hop: string;
  readonly cause: string;
  readonly spans: number;
}

/** Where every planned span ended; the first ten add up to `planned`. */
export interface Accounting {
  readonly planned: number;
  readonly notOffered: number;
  readonly refused: number;
  readonly unseen: number;
  readonly filtered: readonly FilteredCount[];
  /** By a routing connector to other pipelines than those of this way. */
  readonly routedElsewhere?: readonly FilteredCount[] | undefined;
  readonly ended: readonly EndedCount[];
  readonly notSampled: {
    readonly byDropPolicy: Readonly<Record<string, number>>;
    readonly byNone: number;
  };
  readonly delivered: number;
  readonly lost: readonly LostCount[];
  readonly unexplained: number;
  /** Beside the sum. */
  readonly duplicated: number;
  readonly altered: number;
  readonly late: number;
  readonly indeterminate: number;
}

export interface Verdict {
  readonly scenario: string;
  readonly pipeline: string;
  readonly runtime: 'embedded' | 'kind';
  readonly seed: number;
  readonly planHash: string;
  readonly verdict: Outcome;
  readonly checks: readonly CheckResult[];
  readonly accounting: Accounting;
  readonly logs: LogAccounting;
  readonly metricPoints: PointAccounting;
  /** Where spans have several ways: what became of them on each; `accounting` is their sum. */
  readonly routes?: readonly RouteAccounting[] | undefined;
  readonly decisions: Decisions;
  readonly receipts: readonly unknown[];
  readonly fidelity: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  readonly rerun: string;
  readonly timings: Readonly<Record<string, number>>;
}

/** What became of every planned span on one way. */
export interface RouteAccounting {
  /** The backend to which it leads. */
  readonly to: string;
  readonly accounting: Accounting;
}

export interface Decisions {
  /** Traces that the policies keep, over the whole planned trace. */
  readonly predicted: number;
  /** Traces whose outcome was compared with what the gateway's own policies must decide. */
  readonly compared: number;
  /** Compared and found otherwise. */
  readonly wrong: number;
}

/** Two exporters may well bring a point twice, and what a point is it is known by. */
export type PointAccounting = Omit<LogAccounting, 'duplicated' | 'altered'>;

export interface LogAccounting {
  readonly planned: number;
  readonly delivered: number;
  readonly notOffered: number;
  readonly refused: number;
  readonly unseen: number;
  readonly filtered: readonly FilteredCount[];
  /** By a routing connector to other pipelines than those of this way. */
  readonly routedElsewhere?: readonly FilteredCount[] | undefined;
  readonly ended: readonly EndedCount[];
  readonly lost: readonly LostCount[];
  readonly unexplained: number;
  readonly duplicated: number;
  readonly altered: number;
}
