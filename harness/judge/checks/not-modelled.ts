import type { CheckResult, Gap } from '../types.ts';

/** What of a run the bench's model of it does not cover, hop by hop. */
interface Unmodelled {
  /** What it is about: `memory`, `way of logs`. */
  readonly subject: string;
  readonly expected: string;
  readonly reasons: readonly { readonly hop: string; readonly why: string }[];
  readonly fix: string;
  readonly gap: Gap;
}

/** Unknown, with a finding a reason, where there is any. */
export function notModelled(unmodelled: Unmodelled): CheckResult[] {
  const { subject, expected, reasons, fix, gap } = unmodelled;
  if (reasons.length === 0) return [];
  return [
    {
      name: 'evidence',
      subject,
      verdict: 'unknown',
      expected,
      observed: reasons.map(({ hop, why }) => `${hop}: ${why}`).join('; '),
      findings: reasons.map(({ hop, why }) => ({
        kind: 'not-modelled',
        hop,
        component: hop,
        cause: why,
        count: 1,
        window: null,
        examples: [],
        fix,
        gap,
      })),
    },
  ];
}
