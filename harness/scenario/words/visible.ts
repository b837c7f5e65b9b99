import { backendName } from './at.ts';
import { durationMs, share, strict } from './forms.ts';

/** Sent until it can be queried: at least this share within that time. */
export const visible = strict({
  visible: strict({ share, within: durationMs, at: backendName }),
}).transform((written) => ({
  check: 'visible' as const,
  share: written.visible.share,
  withinMs: written.visible.within,
  at: written.visible.at,
}));
