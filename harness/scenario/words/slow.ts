import { durationMs, intervalMs, strict } from './forms.ts';
import { backendTarget } from './target.ts';

/** A backend takes all that is sent to it, and answers each request so much later. */
export const slow = strict({
  at: durationMs,
  slow: backendTarget,
  by: intervalMs,
  for: durationMs,
}).transform((written) => ({
  kind: 'slow' as const,
  atMs: written.at,
  target: written.slow,
  byMs: written.by,
  forMs: written.for,
}));
