import type { JudgeContext } from '../ledger/context.ts';
import type { CheckResult } from '../types.ts';

/**
 * Always implied: a run that was stopped before it came to rest passes nothing. What it recorded
 * counts all the same: only what the missing rest could change is open.
 */
export function checkRest({ evidence: { facts } }: JudgeContext): CheckResult[] {
  if (facts.unsettled === undefined) return [];
  return [
    {
      name: 'evidence',
      subject: 'rest',
      verdict: 'unknown',
      expected: 'a pipeline that comes to rest behind the load',
      observed: facts.unsettled,
      findings: [
        {
          kind: 'still-retrying',
          hop: 'pipeline',
          component: '',
          cause: facts.unsettled,
          count: 1,
          window: null,
          examples: [],
          fix: 'see what goes round or waits; where it only needs time, give it: settle: 300s',
        },
      ],
    },
  ];
}
