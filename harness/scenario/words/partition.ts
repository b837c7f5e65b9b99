import { z } from 'zod';
import { shown } from '../../lib/schema-issues.ts';
import { durationMs, strict } from './forms.ts';
import { target } from './target.ts';

/**
 * For a while no packet that a tier's pods send to another's own address gets there: connections
 * stay, and what is sent waits for an answer that does not come.
 */
export const partition = strict({
  at: durationMs,
  partition: strict({
    from: z.string().regex(/^[a-z0-9-]+$/, {
      error: ({ input }) => `found ${shown(input)}, expected a whole tier such as agent`,
    }),
    to: target,
  }),
  for: durationMs,
}).transform((written) => ({
  kind: 'partition' as const,
  atMs: written.at,
  from: written.partition.from,
  target: written.partition.to,
  forMs: written.for,
}));
