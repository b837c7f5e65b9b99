import { z } from 'zod';
import { strict } from './forms.ts';

/**
 * What a connector counts is right: label set by label set as many as entered it, or as were sent
 * and not filtered. `from` is its name, or its type: `span_metrics`, `count`.
 */
export const derived = strict({
  derived: strict({
    from: z.string().min(1),
    counts: z.enum(['entered', 'all']).default('entered'),
  }),
}).transform((written) => ({ check: 'derived' as const, ...written.derived }));
