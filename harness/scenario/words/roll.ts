import { z } from 'zod';
import { shown } from '../../lib/schema-issues.ts';
import { durationMs, strict } from './forms.ts';
import { defaultGraceMs } from './restart.ts';
import type { Target } from './target.ts';

/** Every pod of a tier is deleted gracefully and made anew, one after another. */
export const roll = strict({
  at: durationMs,
  roll: z
    .string()
    .regex(/^[a-z0-9-]+$/, {
      error: ({ input }) => `found ${shown(input)}, expected a whole tier such as gateway`,
    })
    .transform((tier): Target => ({ tier, ordinal: 'all' })),
  grace: durationMs.optional(),
}).transform((written) => ({
  kind: 'roll' as const,
  atMs: written.at,
  target: written.roll,
  graceMs: written.grace ?? defaultGraceMs,
}));
