import { strict } from './forms.ts';
import { tierCount } from './tier-count.ts';

/** So many containers were killed for want of memory. */
export const oomKilled = strict({ oomKilled: tierCount }).transform((written) => ({
  check: 'oomKilled' as const,
  ...written.oomKilled,
}));
