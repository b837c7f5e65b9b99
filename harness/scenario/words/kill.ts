import { durationMs, strict } from './forms.ts';
import { target } from './target.ts';

/** A container crashes. */
export const kill = strict({ at: durationMs, kill: target }).transform((written) => ({
  kind: 'kill' as const,
  atMs: written.at,
  target: written.kill,
}));
