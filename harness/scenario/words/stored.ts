import { share, strict } from './forms.ts';

/** What share of the spans that were sent is stored: what is paid for, and what is not. */
export const stored = strict({
  stored: strict({ atMost: share.optional(), atLeast: share.optional() }).refine(
    ({ atMost, atLeast }) => atMost !== undefined || atLeast !== undefined,
    'found neither atMost nor atLeast, expected which share of the spans may or must be stored',
  ),
}).transform(({ stored: { atMost = 1, atLeast = 0 } }) => ({
  check: 'stored' as const,
  atMost,
  atLeast,
}));
