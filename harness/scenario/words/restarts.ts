import { strict } from './forms.ts';
import { tierCount } from './tier-count.ts';

/** So many containers ended before their pods. */
export const restarts = strict({ restarts: tierCount }).transform((written) => ({
  check: 'restarts' as const,
  ...written.restarts,
}));
