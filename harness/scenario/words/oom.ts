import { durationMs, strict } from './forms.ts';
import { target } from './target.ts';

/** A container runs out of memory: the kernel kills it at its limit. */
export const oom = strict({ at: durationMs, oom: target }).transform((written) => ({
  kind: 'oom' as const,
  atMs: written.at,
  target: written.oom,
}));
