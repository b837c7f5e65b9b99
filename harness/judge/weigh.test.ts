import { describe, expect, it } from 'vitest';
import { findingsOf } from './collect.ts';
import type { FindingKind } from './findings.ts';
import type { CheckResult, Gap, Outcome } from './types.ts';
import {
  concludesFromAbsence,
  concludesFromAbsenceInTime,
  concludesFromPresence,
} from './watch.ts';
import { type Openable, weigh, worst } from './weigh.ts';

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
    ['memory', 'unknown'],
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

describe('a bench that was late itself', () => {
  const late: Openable = {
    result: {
      ...resultOf('unknown'),
      findings: findingsOf({ kind: 'load-not-offered', hop: 'load', cause: 'late', gap: 'bench' }),
    },
    openedBy: concludesFromPresence,
  };
  const failing = (openedBy: readonly Gap[], ...kinds: FindingKind[]): Openable => ({
    result: {
      ...resultOf('fail'),
      findings: kinds.flatMap((kind) => findingsOf({ kind, hop: 'gateway', cause: '' })),
    },
    openedBy,
  });
  it.each<[Outcome, FindingKind[]]>([
    ['unknown', ['dropped-by-exporter']],
    ['unknown', ['duplicated']],
    ['unknown', ['decided-before-complete', 'late-span-lost', 'visible-too-late']],
    ['fail', ['promise-not-configured']],
    ['fail', ['altered']],
    ['fail', ['wrong-decision']],
    ['fail', ['trace-split-across-gateways']],
    ['fail', ['dropped-by-exporter', 'sampled-before-tail']],
    ['fail', ['unexplained']],
  ])('makes %s of %j', (verdict, kinds) => {
    expect(weigh([late, failing(concludesFromAbsenceInTime, ...kinds)])[1]?.verdict).toBe(verdict);
  });

  it('takes nothing from what does not hang on time', () => {
    expect(weigh([late, failing(concludesFromAbsence, 'duplicated')])[1]?.verdict).toBe('fail');
    expect(weigh([failing(concludesFromAbsenceInTime, 'duplicated')])[0]?.verdict).toBe('fail');
  });

  it('or whose machine starved is told of only where something hangs on it', () => {
    const cause = 'nothing idle for 9 s';
    const findings = findingsOf({ kind: 'machine-starved', hop: 'machine', cause, gap: 'bench' });
    const load: Openable = {
      result: { ...resultOf('pass'), findings },
      openedBy: concludesFromPresence,
    };
    const told = (kind: FindingKind) =>
      weigh([load, failing(concludesFromAbsenceInTime, kind)]).map(
        (one) => `${one.verdict} ${one.findings.map((finding) => finding.kind)}`,
      );
    expect(told('decided-before-complete')).toEqual([
      'pass machine-starved',
      'unknown decided-before-complete',
    ]);
    // A sender that waits in vain for its answer sends again.
    expect(told('duplicated')[1]).toBe('unknown duplicated');
    expect(told('altered')).toEqual(['pass ', 'fail altered']);
    // Refused by a fault: slowness alone does not bring that about.
    expect(told('refused-by-backend')).toEqual(['pass ', 'fail refused-by-backend']);
  });
});

describe('an unknown check', () => {
  it('has a finding that says why, as often as it is asked', () => {
    const open = { ...resultOf('unknown'), observed: '0 of 0 probes' };
    const [told] = weigh([{ result: open, openedBy: [] }]);
    expect(told?.findings).toMatchObject([
      { kind: 'evidence-missing', cause: 'lost: 0 of 0 probes' },
    ]);
    const [again] = weigh([{ result: told as CheckResult, openedBy: [] }]);
    expect(again?.findings).toEqual(told?.findings);
    expect(weigh([{ result: resultOf('pass'), openedBy: [] }])[0]?.findings).toEqual([]);
  });
});

describe('worst', () => {
  it('wins: fail over unknown over pass', () => {
    expect(worst(['pass', 'unknown', 'fail'])).toBe('fail');
    expect(worst(['pass', 'unknown', 'pass'])).toBe('unknown');
    expect(worst([])).toBe('pass');
  });
});
