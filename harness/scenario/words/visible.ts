import { durationMs, share, strict } from './forms.ts';

/** Sent until it can be queried: at least this share within that time. */
export const visible = strict({
  visible: strict({ share, within: durationMs }),
}).transform((written) => ({
  check: 'visible' as const,
  share: written.visible.share,
  withinMs: written.visible.within,
}));
