import { z } from 'zod';
import { count, strict } from './forms.ts';

/** At most so many appearances of the load's canaries, or of those named, in what backends got. */
export const leaked = strict({
  leaked: strict({
    spans: count,
    of: z.union([z.literal('all'), z.array(z.string()).min(1)]).optional(),
  }),
}).transform(({ leaked: { spans, of } }) => ({
  check: 'leaked' as const,
  spans,
  /** Undefined: of all canaries. */
  keys: of === 'all' ? undefined : of,
}));
