import type { TraceEvidence } from '../../evidence/types.ts';
import type { Decision } from '../../pipeline/decide.ts';
import { failoverType, guardType } from '../../pipeline/routes.ts';
import type { FindingKind } from '../findings.ts';
import type { ItemView } from './arrival.ts';
import type { StayAccount } from './stay.ts';

export type LostCause =
  | 'held-by-killed'
  | 'cut-by-restart'
  | 'stale-ring'
  | 'queue-gone-with-pod'
  | 'queue-left-behind'
  | 'not-tailed'
  | 'target-not-scraped'
  | 'scrape-missed'
  | 'evicted-before-decision'
  | 'refused-by-gateway'
  | 'refused-by-backend'
  | 'timeout-too-short'
  | 'dropped-by-exporter'
  | 'routed-nowhere';

/** Where one planned item ended: exactly one of these. */
export type Bucket =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'notOffered' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unseen' }
  | {
      readonly kind: 'filtered';
      readonly processor: string;
      readonly type: string;
      /** It stands behind tail sampling, in the same process. */
      readonly behind: boolean;
    }
  | {
      readonly kind: 'ended';
      /** The exporter or connector in which the config ends the way: `gateway/debug`. */
      readonly exporter: string;
    }
  | { readonly kind: 'notSampled'; readonly dropPolicy: string | undefined; readonly late: boolean }
  | {
      readonly kind: 'lost';
      readonly hop: string;
      /** What lost it, where that is known closer than by its hop: `gateway/otlp_grpc`. */
      readonly component?: string;
      readonly cause: LostCause;
      readonly detail: string;
      readonly why?: string;
      readonly fix?: string;
    }
  | {
      readonly kind: 'unexplained';
      readonly hop: string;
      readonly why: string;
      /** The bench's own stop cut its way short: what would have become of it is open. */
      readonly open?: 'still-retrying';
    };

export interface ItemAccount {
  readonly view: ItemView;
  readonly bucket: Bucket;
  /** The evidence leaves it open; beside the buckets. */
  readonly indeterminate: boolean;
  /** Evidence that should be there is not: leads to unknown, never to fail. */
  readonly missing: boolean;
  /** Not delivered, and why rests on a rule that is not modelled: names it. */
  readonly unmodelled?: string | undefined;
}

/** A connector sends it to pipelines of other ways: on this one nobody waits for it. */
export const isElsewhere = ({ bucket }: Pick<ItemAccount, 'bucket'>): boolean =>
  bucket.kind === 'filtered' && (bucket.type === guardType || bucket.type === failoverType);

/** Makes an item's account of its bucket. */
export type Done = (bucket: Bucket, over?: Partial<ItemAccount>) => ItemAccount;

/** Why a trace that should be kept is not, or not whole. */
export interface Difference {
  readonly cause: FindingKind | 'not-sampled';
  readonly hop: string;
  readonly component: string;
  readonly detail: string;
  /** The setting, or a collector’s own words, that made it so: of all that it befell alike. */
  readonly why?: string | undefined;
  /** What fits that, where it is closer than what fits the kind. */
  readonly fix?: string | undefined;
}

/** What became of one planned trace, and why. */
export interface TraceAccount {
  readonly trace: TraceEvidence;
  /** The policies over the whole planned trace; undefined without tail sampling. */
  readonly intent: Decision | undefined;
  readonly stays: readonly StayAccount[];
  readonly spans: readonly ItemAccount[];
  /** All spans that were not delivered late on purpose are at the backend. */
  readonly kept: boolean;
  /** Why it is not kept although it should be; undefined where it is, or should not be. */
  readonly difference: Difference | undefined;
  /** Stays whose outcome is not what the policies say of what was held. */
  readonly wrong: readonly StayAccount[];
  readonly indeterminate: boolean;
}
