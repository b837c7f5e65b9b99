import { count, strict } from './forms.ts';

/** A kill took at least so many spans with it; else it proves too little. */
export const held = strict({ held: strict({ atLeast: count }) }).transform((written) => ({
  check: 'held' as const,
  atLeast: written.held.atLeast,
}));
