import { durationMs, strict } from './forms.ts';
import { target } from './target.ts';

/** A process stands still for a while. */
export const pause = strict({ at: durationMs, pause: target, for: durationMs }).transform(
  (written) => ({
    kind: 'pause' as const,
    atMs: written.at,
    target: written.pause,
    forMs: written.for,
  }),
);
