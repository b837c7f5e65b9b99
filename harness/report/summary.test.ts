import { describe, expect, it } from 'vitest';
import { sumOf } from '../judge/accounting.ts';
import {
  bucketRows,
  exampleWords,
  explainable,
  failsAsWanted,
  groupFindings,
  headline,
  placeOf,
  wantedKinds,
} from './summary.ts';
import { check, finding, verdict } from './testing.ts';

describe('headline', () => {
  it('names what failed and what can’t be told', () => {
    const checks = [
      check(),
      check({ name: 'kept', subject: 'error', verdict: 'fail' }),
      check({ name: 'evidence', verdict: 'unknown' }),
    ];
    expect(headline(verdict({ checks }))).toBe(
      '1 of 3 checks failed: kept error; 1 of 3 checks can’t be told: evidence.',
    );
    expect(headline(verdict())).toBe('All 2 checks passed.');
  });

  it('says of a scenario that is broken on purpose what it found', () => {
    const found = check({ name: 'found', expected: 'exactly altered', observed: 'altered' });
    expect(headline(verdict({ checks: [found] }))).toContain('exactly that was found: altered');
    const failed = check({ ...found, verdict: 'fail', observed: 'nothing' });
    expect(headline(verdict({ checks: [failed] }))).toContain('exactly altered, found nothing');
  });

  it('says of one that names a component what was named first, and what followed', () => {
    const expected = 'first altered at gateway/redact naming key, duplicated at gateway';
    const found = check({ name: 'found', expected, observed: 'altered at gateway/redact' });
    expect(headline(verdict({ checks: [found] }))).toContain('that was named first: altered at');
    expect([...(wantedKinds(verdict({ checks: [found] })) ?? [])]).toEqual([
      'altered',
      'duplicated',
    ]);
  });

  it('accuses nobody where it is not known', () => {
    const found = check({ name: 'found', expected: 'exactly altered', observed: 'nothing' });
    const broken = check({ name: 'evidence', subject: 'run', verdict: 'unknown' });
    const checks = [broken, check({ ...found, verdict: 'unknown' })];
    expect(headline(verdict({ verdict: 'unknown', checks }))).toBe(
      '2 of 2 checks can’t be told: evidence run, found.',
    );
  });
});

describe('bucketRows', () => {
  it('adds up to the plan', () => {
    const { accounting } = verdict();
    const total = bucketRows(accounting).reduce((sum, { count }) => sum + count, 0);
    expect(total).toBe(accounting.planned);
    expect(total).toBe(sumOf(accounting));
  });
});

it('the headline begins with what the bench itself failed at', () => {
  const cause = 'a backend died unasked: exit code 2';
  const died = finding({ kind: 'evidence-missing', component: 'tempo-0', cause, gap: 'bench' });
  const lost = check({ verdict: 'fail', findings: [finding()] });
  const checks = [lost, check({ name: 'evidence', verdict: 'unknown', findings: [died] })];
  expect(headline(verdict({ verdict: 'fail', checks }))).toMatch(
    /^The bench itself failed.*: tempo-0: a backend died unasked: exit code 2\. 1 of 2 checks/,
  );
  expect(headline(verdict({ verdict: 'fail', checks: [lost] }))).not.toContain('bench itself');
});

describe('groupFindings', () => {
  it('puts findings of several checks at one place together', () => {
    const checks = [
      check({ name: 'kept', subject: 'error', findings: [finding({ cause: 'class error' })] }),
      check({ findings: [finding({ window: { fromMs: 1_000_000, toMs: 1_000_050 } })] }),
      check({ findings: [finding({ hop: 'agent', component: 'agent', window: null })] }),
    ];
    const groups = groupFindings(verdict({ checks }));
    expect(groups.map(({ hop, parts }) => [hop, parts.map((p) => p.check)])).toEqual([
      ['gateway', ['kept error', 'lost']],
      ['agent', ['lost']],
    ]);
    expect(groups[0]?.window).toEqual({ fromMs: 1_000_000, toMs: 1_002_600 });
    expect(groups[1]?.window).toBeNull();
  });

  it('says what a finding follows from, behind it', () => {
    const follows = { kind: 'oom-killed', component: 'gateway-collector-1' } as const;
    const died = finding({ kind: 'oom-killed', component: 'gateway-collector-1', count: 1 });
    const checks = [
      check({ verdict: 'fail', findings: [finding({ follows })] }),
      check({ name: 'oomKilled', verdict: 'fail', findings: [died] }),
    ];
    expect(groupFindings(verdict({ checks })).map(({ kind, follows }) => [kind, follows])).toEqual([
      ['oom-killed', ''],
      ['held-by-killed', 'follows from oom-killed at gateway-collector-1'],
    ]);
  });

  it('marks what a scenario is broken for', () => {
    const failed = check({ verdict: 'fail', findings: [finding()] });
    const found = check({ name: 'found', expected: 'exactly held-by-killed, altered' });
    const [group] = groupFindings(verdict({ checks: [failed, found] }));
    expect(group?.wanted).toBe(true);
    expect(failsAsWanted(failed, new Set(['held-by-killed']))).toBe(true);
    expect(failsAsWanted(failed, new Set(['altered']))).toBe(false);
    expect(failsAsWanted(failed, undefined)).toBe(false);
  });
});

describe('placeOf', () => {
  it.each([
    ['gateway', 'gateway/tail_sampling', 'gateway/tail_sampling'],
    ['gateway', 'gateway', 'gateway'],
    ['gateway', '', 'gateway'],
    ['load', 'k6', 'load, k6'],
  ])('%s and %s', (hop, component, place) => {
    expect(placeOf({ hop, component })).toBe(place);
  });
});

it('calls an example what it is: explain can tell of traces, not of series', () => {
  const point = { traceId: 'bench.load{bench.pod="shop-0"}', spanId: '3 at 2026-01-01' };
  const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  expect(exampleWords(point)).toEqual({ whole: 'series', part: 'point' });
  expect(exampleWords(span)).toEqual({ whole: 'trace', part: 'span' });
  expect(explainable([point, span])).toBe(span);
  expect(explainable([point])).toBeUndefined();
});
