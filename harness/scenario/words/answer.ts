import { z } from 'zod';
import { durationMs, strict } from './forms.ts';
import { backendTarget } from './target.ts';

/**
 * A backend takes nothing for a while and answers so: `UNAVAILABLE` or `RESOURCE_EXHAUSTED` over
 * gRPC, 503 or 429 over HTTP; with `retryAfter` it says when to come again.
 */
export const answer = strict({
  at: durationMs,
  answer: backendTarget,
  with: z.enum(['unavailable', 'resource-exhausted']),
  retryAfter: durationMs.optional(),
  for: durationMs,
}).transform((written) => ({
  kind: 'answer' as const,
  atMs: written.at,
  target: written.answer,
  status: written.with,
  retryAfterMs: written.retryAfter,
  forMs: written.for,
}));
