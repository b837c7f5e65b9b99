import { durationMs, strict } from './forms.ts';
import { backendTarget } from './target.ts';

/** A backend is gone for a while: connections to it break and are refused. */
export const outage = strict({ at: durationMs, outage: backendTarget, for: durationMs }).transform(
  (written) => ({
    kind: 'outage' as const,
    atMs: written.at,
    target: written.outage,
    forMs: written.for,
  }),
);
