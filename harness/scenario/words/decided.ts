import { z } from 'zod';
import { strict } from './forms.ts';

/** Every trace, by the pipeline's own policies. */
export const decided = strict({ decided: z.literal('as-predicted') }).transform(() => ({
  check: 'decided' as const,
}));
