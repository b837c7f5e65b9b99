import type { Fault } from './types.ts';

/** Why a fault of this verb can't be done on kind. */
export const onlyEmbedded =
  (verb: string): Fault['unavailable'] =>
  ({ runtime }) =>
    runtime === 'kind' ? `fault ${verb} is not on kind yet: run it embedded` : undefined;
