import { count, share, strict } from './forms.ts';

/** So few requests prove too little of how context passes. */
const defaultAtLeast = 50;

/** Of users' requests at least this share is one trace, each hop joined to the one before it. */
export const connected = strict({
  connected: strict({ share, atLeast: count.optional() }),
}).transform((written) => ({
  check: 'connected' as const,
  share: written.connected.share,
  atLeast: written.connected.atLeast ?? defaultAtLeast,
}));
