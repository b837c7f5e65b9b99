import type { Evidence } from '../../evidence/types.ts';
import type { FaultKind } from '../../scenario/types.ts';

/**
 * What a fault does to a pod, as far as the account asks: `ended`, its process was told to end at
 * that moment; `deleted`, the whole pod was; `wiped`, what was in its volumes is gone with it;
 * `unreplaced`, nobody makes it anew: its tier is whole without it.
 */
export type Harm = 'ended' | 'deleted' | 'wiped' | 'unreplaced';

/** Who runs out of memory works on until the kernel ends it: its life tells when. */
const harms: Readonly<Record<FaultKind, readonly Harm[]>> = {
  kill: ['ended'],
  restart: ['ended', 'deleted'],
  roll: ['ended', 'deleted'],
  scale: ['ended', 'deleted', 'unreplaced'],
  wipe: ['ended', 'wiped'],
  oom: [],
  pause: [],
  partition: [],
  outage: [],
  answer: [],
  slow: [],
  strip: [],
};

/** Whether a fault did that, by its receipt; one of a verb that is not known did nothing. */
export const didHarm = ({ kind }: Evidence['receipts'][number], harm: Harm): boolean =>
  Object.hasOwn(harms, kind) && harms[kind as FaultKind].includes(harm);
