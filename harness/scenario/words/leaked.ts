import { z } from 'zod';
import { backendName, signalsNamed } from './at.ts';
import { count, strict } from './forms.ts';

/** At most so many appearances of the load's canaries, or of those named, in what backends got. */
export const leaked = strict({
  leaked: strict({
    spans: count,
    at: backendName,
    of: z.union([z.literal('all'), z.array(z.string()).min(1)]).optional(),
  }),
}).transform(({ leaked: { spans, at, of } }) => ({
  check: 'leaked' as const,
  spans,
  at,
  /** Canaries may stand in each. */
  signals: signalsNamed({ spans, logs: 0, metricPoints: 0 }),
  /** Undefined: of all canaries. */
  keys: of === 'all' ? undefined : of,
}));
