import type { PlannedFault } from '../plan/types.ts';
import type { PodLife } from '../stack/types.ts';
import type { Receipt } from './types.ts';

/** The receipt of a fault that was done to a pod: which it was, and what was seen of it. */
export const receiptOf = (
  { index, spec, tier }: PlannedFault,
  { pod, ordinal }: PodLife,
  seen: Pick<Receipt, 'injectedMs' | 'healedMs' | 'bit' | 'proof'>,
): Receipt => ({ fault: index, kind: spec.kind, target: `${tier}/${ordinal}`, pod, ...seen });
