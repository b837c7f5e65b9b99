import type { Doubt } from '../evidence/types.ts';
import { findingsOf } from './collect.ts';
import type { CheckResult, Finding, Verdict } from './types.ts';

export const putBack =
  'put back the file that the run recorded, or run it again; an edited run is judged on purpose with --unsealed';

/** Nothing that was found, or not found, is certain any more: a check says why. */
function undecided(verdict: Verdict, why: CheckResult): Verdict {
  const checks = verdict.checks.map((check) => ({
    ...check,
    verdict:
      check.verdict === 'fail' || check.name === 'found' ? ('unknown' as const) : check.verdict,
  }));
  return { ...verdict, verdict: 'unknown', checks: [why, ...checks] };
}

/** A run that broke off: what failed may be of the break, and what was found as well. */
export const brokenOff = (verdict: Verdict, reason: string): Verdict =>
  undecided(verdict, {
    name: 'evidence',
    subject: 'run',
    verdict: 'unknown',
    expected: 'a run that goes to its end',
    observed: reason,
    findings: findingsOf({ kind: 'evidence-missing', hop: 'run', cause: reason, gap: 'bench' }),
  });

/** A record that is not the run's own, or contradicts itself, proves nothing either way. */
export function inDoubt(verdict: Verdict, doubts: readonly Doubt[]): Verdict {
  if (doubts.length === 0) return verdict;
  return undecided(verdict, {
    name: 'evidence',
    subject: 'record',
    verdict: 'unknown',
    expected: 'files as the run recorded them, none contradicting another',
    observed: doubts.map(doubtText).join('; '),
    findings: doubts.map(
      ({ file, what }): Finding => ({
        kind: 'evidence-missing',
        hop: 'record',
        component: file,
        cause: what,
        count: 1,
        window: null,
        examples: [],
        fix: putBack,
      }),
    ),
  });
}

export const doubtText = ({ file, what }: Doubt): string => `${file} ${what}`;
