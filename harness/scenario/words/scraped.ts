import { z } from 'zod';
import { strict } from './forms.ts';

/** Prometheus holds a series of every collector's own metrics. */
export const scraped = strict({ scraped: z.literal('each-collector') }).transform(() => ({
  check: 'scraped' as const,
}));
