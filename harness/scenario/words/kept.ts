import { z } from 'zod';
import { atMost, exceptOf } from './except.ts';
import { share, strict } from './forms.ts';

/** What was promised of a class. */
export const kept = strict({
  kept: strict({
    class: z.string(),
    share,
    /** The backend that is meant; left out, all to which traces go. */
    at: z.string().optional(),
    except: exceptOf([
      'held-by-killed',
      'split-by-outage',
      'split-by-refusal',
      'cut-by-restart',
      'refused-at-entry',
    ]),
    atMost,
  }),
}).transform((written) => ({ check: 'kept' as const, ...written.kept }));
