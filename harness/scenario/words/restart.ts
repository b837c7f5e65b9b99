import { durationMs, strict } from './forms.ts';
import { target } from './target.ts';

/** Default grace period of a deleted pod, as Kubernetes has it. */
export const defaultGraceMs = 30_000;

/** A pod is deleted gracefully and made anew. */
export const restart = strict({
  at: durationMs,
  restart: target,
  grace: durationMs.optional(),
}).transform((written) => ({
  kind: 'restart' as const,
  atMs: written.at,
  target: written.restart,
  graceMs: written.grace ?? defaultGraceMs,
}));
