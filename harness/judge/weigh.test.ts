import { describe, expect, it } from 'vitest';
import type { CheckResult, Gap, Outcome } from './types.ts';
import { concludesFromAbsence, concludesFromPresence } from './watch.ts';
import { weigh, worst } from './weigh.ts';

const resultOf = (verdict: Outcome, gap?: Gap): CheckResult => ({
  name: 'lost',
  subject: '',
  verdict,
  expected: '',
  observed: '',
  findings: gap
    ? [
        {
          kind: 'evidence-missing',
          hop: '',
          component: '',
          cause: 'the answer to request 7 is not recorded',
          count: 1,
          window: null,
          examples: [],
          fix: '',
          gap,
        },
      ]
    : [],
});

const weighed = (verdict: Outcome, openedBy: readonly Gap[], gap?: Gap): Outcome | undefined =>
  weigh([
    { result: resultOf(verdict), openedBy },
    { result: resultOf('unknown', gap), openedBy: concludesFromPresence },
  ])[0]?.verdict;

describe('a gap of the evidence', () => {
  it.each<[Gap, Outcome]>([
    ['record', 'unknown'],
    ['way', 'unknown'],
    ['answer', 'fail'],
  ])('%s: what concludes from absence is %s', (gap, verdict) => {
    expect(weighed('fail', concludesFromAbsence, gap)).toBe(verdict);
  });

  it('leaves what was seen, and what was not found wanting', () => {
    expect(weighed('fail', concludesFromPresence, 'record')).toBe('fail');
    expect(weighed('fail', ['way'], 'record')).toBe('fail');
    expect(weighed('pass', concludesFromAbsence, 'record')).toBe('pass');
    expect(weighed('fail', concludesFromAbsence)).toBe('fail');
  });
});

describe('worst', () => {
  it('wins: fail over unknown over pass', () => {
    expect(worst(['pass', 'unknown', 'fail'])).toBe('fail');
    expect(worst(['pass', 'unknown', 'pass'])).toBe('unknown');
    expect(worst([])).toBe('pass');
  });
});
