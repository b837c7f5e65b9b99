import { durationMs, strict } from './forms.ts';
import { target } from './target.ts';

/** A container crashes, and its volumes are empty when it comes back: its disk was lost. */
export const wipe = strict({ at: durationMs, wipe: target }).transform((written) => ({
  kind: 'wipe' as const,
  atMs: written.at,
  target: written.wipe,
}));
