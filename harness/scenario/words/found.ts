import { z } from 'zod';
import { strict } from './forms.ts';

/** Exactly these kinds of findings: what a scenario that is broken on purpose must show. */
export const found = strict({ found: z.array(z.string()).min(1) }).transform((written) => ({
  check: 'found' as const,
  findings: written.found,
}));
