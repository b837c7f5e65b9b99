import { z } from 'zod';
import { share } from './forms.ts';

/** Sets of spans or traces that the ledger computes; never a slack number. */
export type ExceptionName =
  | 'held-by-killed'
  | 'split-by-outage'
  | 'split-by-refusal'
  | 'cut-by-restart'
  | 'scrape-missed'
  | 'repeated-after-break'
  | 'read-again'
  | 'refused-at-entry';

/**
 * One name or a list of them; none where it is left out. `names` are those that the check can take
 * out: any other would be ignored without a word.
 */
export function exceptOf<const Names extends readonly ExceptionName[]>(names: Names) {
  const name = z.enum(names);
  return z
    .union([name, z.array(name)])
    .optional()
    .transform((written): readonly Names[number][] =>
      written === undefined ? [] : Array.isArray(written) ? written : [written],
    );
}

/**
 * The largest share of what a check looks at that its exceptions may take out, in 0..1. Without it
 * an exception could swallow what the check is for: scenarios of the bench all state it.
 */
export const atMost = share.optional();
