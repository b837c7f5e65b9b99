import type { OttlFacts } from '../../collector/ottl.ts';
import type { PodFacts } from './enrichment.ts';

/** What conditions look at of an item. */
export interface ItemFacts extends OttlFacts {
  /**
   * Given, `resource` is as it was planned, and whoever asks a processor applies the edits that
   * stand before it.
   */
  readonly pod?: PodFacts;
}

/** Whether an item is dropped; undefined where that is not modelled. */
export type Drops = (facts: ItemFacts, traceId: string) => boolean | undefined;
