import type { OtlpValue } from '../lib/otlp/decode.ts';

type Attributes = Readonly<Record<string, OtlpValue>>;

/** Counters and histograms that collectors made themselves, as they came by a recorder. */
export interface MadeSeries {
  readonly series: readonly {
    readonly recorder: number;
    readonly metric: string;
    readonly attributes: Attributes;
    readonly resource: Attributes;
    readonly isDelta: boolean;
    /** By the moment since when each counts; of deltas one, which is their sum. */
    readonly streams: readonly {
      readonly startMs: number;
      /** Moments of its first and last point, epoch milliseconds. */
      readonly firstMs: number;
      readonly lastMs: number;
      readonly value: number;
      readonly sum?: number | undefined;
    }[];
    /** Points that were not taken. */
    readonly refused: number;
  }[];
  /** Traces that exemplars name. */
  readonly exemplars: readonly { readonly recorder: number; readonly traceId: string }[];
  /** None was left out. */
  readonly isWhole: boolean;
}
