import { z } from 'zod';
import { backendName } from './at.ts';
import { atMost, exceptOf } from './except.ts';
import { share, strict } from './forms.ts';

/** What was promised of a class. */
export const kept = strict({
  kept: strict({
    class: z.string(),
    share,
    at: backendName,
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
