import { z } from 'zod';
import { shown } from '../../lib/schema-issues.ts';
import { durationMs, strict } from './forms.ts';
import type { Target } from './target.ts';

/** More pods of a tier than one machine runs beside everything else prove nothing. */
const mostReplicas = 20;

const expected = `expected a number of replicas from 1 to ${mostReplicas}`;

/** A tier gets another number of replicas while the load goes on. */
export const scale = strict({
  at: durationMs,
  scale: z
    .string()
    .regex(/^[a-z0-9-]+$/, {
      error: ({ input }) => `found ${shown(input)}, expected a whole tier such as gateway`,
    })
    .transform((tier): Target => ({ tier, ordinal: 'all' })),
  to: z
    .int({ error: ({ input }) => `found ${shown(input)}, ${expected}` })
    .min(1, { error: ({ input }) => `found ${shown(input)}, ${expected}` })
    .max(mostReplicas, { error: ({ input }) => `found ${shown(input)}, ${expected}` }),
}).transform((written) => ({
  kind: 'scale' as const,
  atMs: written.at,
  target: written.scale,
  replicas: written.to,
}));
