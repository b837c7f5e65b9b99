import { z } from 'zod';
import { count, durationMs, strict } from './forms.ts';
import { backendTarget } from './target.ts';

/**
 * How requests to a backend end for a while. `unavailable` and `resource-exhausted`: it takes
 * nothing and answers so, 503 and 429 over HTTP; with `retryAfter` it says when to come again.
 * `partial-success`: it says that it took the request, and rejected all that is in it. `reset`: it
 * takes each, and the connection is reset in place of the answer. With `first`, those behind so
 * many pass, at each of its ports.
 */
export const answer = strict({
  at: durationMs,
  answer: backendTarget,
  with: z.enum(['unavailable', 'resource-exhausted', 'partial-success', 'reset']),
  retryAfter: durationMs.optional(),
  first: count.min(1).optional(),
  for: durationMs,
})
  .check(({ value, issues }) => {
    if (value.retryAfter === undefined || !/^(partial-success|reset)$/.test(value.with)) return;
    const message = `says when to come again, which ${value.with} can't; expected unavailable or resource-exhausted`;
    issues.push({ code: 'custom', input: value.retryAfter, path: ['retryAfter'], message });
  })
  .transform((written) => ({
    kind: 'answer' as const,
    atMs: written.at,
    target: written.answer,
    status: written.with,
    retryAfterMs: written.retryAfter,
    ...(written.first === undefined ? {} : { first: written.first }),
    forMs: written.for,
  }));
