import { describe, expect, it } from 'vitest';
import { type FindingKind, findingKinds } from '../findings.ts';
import type { CheckResult, Finding, Outcome } from '../types.ts';
import { inOrder, relate, rows } from './order.ts';

const finding = (kind: FindingKind, over: Partial<Finding> = {}): Finding => ({
  kind,
  hop: 'gateway',
  component: 'gateway/tail_sampling',
  cause: '',
  count: 1,
  window: null,
  examples: [],
  fix: '',
  ...over,
});
const check = (verdict: Outcome, ...findings: Finding[]): CheckResult => ({
  name: 'kept',
  subject: '',
  verdict,
  expected: '',
  observed: '',
  findings,
});
const kindsOf = (...checks: CheckResult[]): FindingKind[] =>
  inOrder(relate(checks)).map(({ finding: { kind } }) => kind);
const followed = (...findings: Finding[]): (FindingKind | undefined)[] =>
  relate([check('fail', ...findings)]).flatMap((result) =>
    result.findings.map(({ follows }) => follows?.kind),
  );

const oom = finding('oom-killed', { component: 'gateway-collector-1' });
const held = finding('held-by-killed', { component: 'gateway', count: 4_000 });
const refused = (fromMs: number) =>
  finding('refused-at-entry', {
    hop: 'load',
    component: 'k6',
    count: 700,
    window: { fromMs, toMs: fromMs + 9_000 },
  });

describe('the table of causes', () => {
  it('blames a target that is scraped twice for what became of metric points alone', () => {
    const twice = finding('scraped-twice', { cause: 'metric points' });
    const refusedAs = (cause: string) => finding('refused-by-backend', { cause });
    expect(followed(refusedAs('metric points'), twice)).toContain('scraped-twice');
    expect(followed(refusedAs('spans'), twice)).toEqual([undefined, undefined]);
  });

  it('never leads back: what follows from something brings it about nowhere', () => {
    const leads = new Map<FindingKind, Set<FindingKind>>(
      findingKinds.map((kind) => [
        kind,
        new Set(rows.flatMap((row) => (row.causes.includes(kind) ? row.explains : []))),
      ]),
    );
    const reach = (kind: FindingKind, seen: Set<FindingKind>): Set<FindingKind> => {
      for (const next of leads.get(kind) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        reach(next, seen);
      }
      return seen;
    };
    for (const kind of findingKinds) expect(reach(kind, new Set())).not.toContain(kind);
  });

  it('explains nothing by what is only open, and no configuration by an accident', () => {
    const all = rows.flatMap(({ causes }) => causes);
    for (const kind of ['evidence-missing', 'load-not-offered', 'not-modelled'] as const) {
      expect(all).not.toContain(kind);
    }
    const explained = rows.flatMap(({ explains }) => explains);
    for (const kind of ['promise-not-configured', 'altered', 'unexplained'] as const) {
      expect(explained).not.toContain(kind);
    }
  });
});

describe('the order of findings', () => {
  it('puts a kill before the thousands that it took, whichever check tells it', () => {
    const split = finding('split-by-outage', { count: 90 });
    expect(kindsOf(check('fail', split, held), check('fail', oom))).toEqual([
      'oom-killed',
      'held-by-killed',
      'split-by-outage',
    ]);
  });

  it('goes among causes by all that each explains', () => {
    const stale = finding('stale-ring', { component: 'agent/loadbalancing', count: 5 });
    const late = finding('refused-at-entry', { component: 'k6', count: 700 });
    const filtered = finding('filtered-before-tail', { count: 100 });
    expect(kindsOf(check('fail', filtered, late, stale))).toEqual([
      'stale-ring',
      'filtered-before-tail',
      'refused-at-entry',
    ]);
  });

  it('puts a broken promise before doubles and changes, which are more', () => {
    const promise = finding('promise-not-configured', { count: 90 });
    const doubled = finding('duplicated', { count: 5_000 });
    expect(kindsOf(check('fail', doubled), check('fail', promise))[0]).toBe(
      'promise-not-configured',
    );
  });

  it('says first what the bench itself failed at, and last what is open', () => {
    const late = finding('load-not-offered', { component: 'k6', gap: 'bench' });
    const lacking = finding('evidence-missing', { count: 9_000 });
    const open = check('unknown', finding('dropped-by-exporter', { count: 8_000 }));
    expect(kindsOf(open, check('fail', lacking, held), check('unknown', late))).toEqual([
      'load-not-offered',
      'held-by-killed',
      'evidence-missing',
      'dropped-by-exporter',
    ]);
  });
});

describe('what a finding follows from', () => {
  it('is named with its place', () => {
    expect(relate([check('fail', oom, held)])[0]?.findings[1]?.follows).toEqual({
      kind: 'oom-killed',
      component: 'gateway-collector-1',
    });
  });

  it('is of the same tier where memory is concerned', () => {
    const elsewhere = { ...oom, hop: 'agent', component: 'agent-collector-x' };
    expect(followed(elsewhere, held)).toEqual([undefined, undefined]);
  });

  it('did not begin after it, where it is of the moment', () => {
    const killed = { ...oom, window: { fromMs: 5_000, toMs: 5_000 } };
    expect(followed(killed, refused(5_200))).toEqual([undefined, 'oom-killed']);
    expect(followed(killed, refused(2_000))).toEqual([undefined, undefined]);
  });

  it('is not what a check found and allowed', () => {
    expect(relate([check('pass', oom), check('fail', held)])[1]?.findings[0]?.follows).toBe(
      undefined,
    );
  });

  it('is not said of what only happened beside it', () => {
    const dropped = finding('dropped-by-exporter', { component: 'gateway/otlp_grpc/tempo' });
    const late = finding('late-span-lost', { count: 300 });
    expect(followed(dropped, late)).toEqual([undefined, undefined]);
  });
});
