import { describe, expect, it } from 'vitest';
import type { JudgeContext, WatchedTrace } from '../watch.ts';
import { itemOf, judged, traceOf } from './accounts.testing.ts';
import { createKeptCheck } from './kept.ts';

const place = { file: 'gateway.yaml', line: 7, column: 1 };
const component = { id: 'tail_sampling', place };
const context = {
  scenario: { load: [] },
  sampling: { component },
  samplerStep: 0,
  paths: { traces: { steps: [{ tier: { name: 'gateway' }, processors: [] }] } },
} as unknown as JudgeContext;
const kept = () =>
  createKeptCheck(
    { check: 'kept', class: 'error', share: 1, except: ['held-by-killed', 'split-by-outage'] },
    context,
  );
const intent = { outcome: 'sampled' };
const whole = traceOf([itemOf('delivered')], { intent, kept: true });
const gone = (cause: string) =>
  traceOf([itemOf('lost')], { intent, kept: false, difference: { cause, hop: 'gateway' } });

describe('kept', () => {
  it('is unknown where every promised trace was excepted', async () => {
    const traces = [gone('held-by-killed'), gone('split-by-outage')];
    const { verdict, observed } = await judged(kept(), traces);
    expect(verdict).toBe('unknown');
    expect(observed).toContain('every promised trace is excepted');
  });

  it('passes where one was not, and is whole', async () => {
    expect((await judged(kept(), [gone('held-by-killed'), whole])).verdict).toBe('pass');
  });

  it('fails where one was not, and is not', async () => {
    const traces = [gone('held-by-killed'), gone('refused-by-backend')];
    expect((await judged(kept(), traces)).verdict).toBe('fail');
  });

  it.each([
    [300, 'unknown'],
    [500, 'fail'],
  ])(
    'tells of %s traces of which none is kept that 5 %% were promised: %s',
    async (count, says) => {
      const intent = { outcome: 'not-sampled' };
      const none = Array.from({ length: count }, () => traceOf([itemOf('notSampled')], { intent }));
      const check = createKeptCheck({ check: 'kept', class: 'error', share: 0.05, except: [] }, {
        ...context,
        sampling: { component, policies: [] },
        paths: { traces: { steps: [{ tier: { name: 'gateway' }, droppers: [], processors: [] }] } },
      } as unknown as JudgeContext);
      expect((await judged(check, none)).verdict).toBe(says);
    },
  );

  describe('of a class that is promised not to come', () => {
    const policies = [{ name: 'all', type: 'always_sample', place }];
    const asked = {
      ...context,
      sampling: { component, policies },
      paths: {
        traces: {
          steps: [{ tier: { name: 'gateway' }, droppers: [], processors: [] }],
          unmodelled: [],
        },
      },
    } as unknown as JudgeContext;
    const none = (traces: readonly WatchedTrace[]) =>
      judged(
        createKeptCheck({ check: 'kept', class: 'error', share: 0, except: [] }, asked),
        traces,
      );
    const difference = { cause: 'filtered-before-tail', hop: 'agent' };
    const filtered = traceOf([itemOf('filtered')], { intent, kept: false, difference });

    it('does not ask what policies would have made of what a filter dropped', async () => {
      expect(await none([filtered, filtered])).toMatchObject({ verdict: 'pass', findings: [] });
    });

    it('fails where policies keep it, also what was lost on its way', async () => {
      for (const traces of [[filtered, whole], [gone('held-by-killed')]]) {
        const { verdict, findings } = await none(traces);
        expect(verdict).toBe('fail');
        expect(findings.map(({ kind }) => kind)).toEqual(['promise-not-configured']);
      }
    });
  });

  describe('by what arrived, where a policy is not modelled', () => {
    const policy = { name: 'by-extension', type: 'unmodelled', written: 'my_extension', place };
    const unmodelled = {
      ...context,
      sampling: { component, policies: [policy], unmodelledSettings: [] },
      paths: {
        traces: {
          steps: [{ tier: { name: 'gateway' }, droppers: [], processors: [] }],
          unmodelled: [],
        },
      },
    } as unknown as JudgeContext;
    const intent = { outcome: 'unknown' };
    const arrived = traceOf([itemOf('delivered')], { intent, kept: true });
    const absent = (cause: string) =>
      traceOf([itemOf('notSampled')], { intent, kept: false, difference: { cause } });
    const tell = (share: number, traces: readonly WatchedTrace[]) =>
      judged(
        createKeptCheck(
          { check: 'kept', class: 'error', share, except: ['held-by-killed'] },
          unmodelled,
        ),
        traces,
      );
    const times = (count: number, trace: WatchedTrace): WatchedTrace[] => Array(count).fill(trace);

    it.each([
      ['2,463 of 10,340 against 5 %', 0.05, 2463, 10_340],
      ['110 of 130 against all', 1, 110, 130],
      ['1 of 1,000 against 5 %', 0.05, 1, 1000],
    ])('fails and names the suspect: %s', async (_, share, kept, of) => {
      const { verdict, findings } = await tell(share, [
        ...times(kept, arrived),
        ...times(of - kept, absent('not-sampled')),
      ]);
      expect(verdict).toBe('fail');
      expect(findings.map(({ kind, component }) => [kind, component])).toEqual([
        ['promise-not-configured', 'gateway/tail_sampling'],
      ]);
      expect(findings[0]?.cause).toContain('policy by-extension (my_extension, gateway.yaml:7)');
    });

    it('names what took them on their way, not a policy, where that explains it', async () => {
      const refused = times(1000, absent('refused-at-entry'));
      const { verdict, findings } = await tell(0.05, refused);
      expect([verdict, ...findings.map(({ kind }) => kind)]).toEqual(['fail', 'refused-at-entry']);
      const few = [...times(2, absent('refused-at-entry')), ...times(998, absent('not-sampled'))];
      const told = await tell(0.05, few);
      expect(told.findings.map(({ kind }) => kind)).toEqual(['promise-not-configured']);
    });

    it('passes where the share came', async () => {
      const some = [...times(517, arrived), ...times(9823, absent('not-sampled'))];
      expect((await tell(0.05, some)).verdict).toBe('pass');
      expect((await tell(1, times(130, arrived))).verdict).toBe('pass');
    });

    it('is unknown where it hangs on traces of which nothing is recorded', async () => {
      const open = [...times(110, arrived), ...times(20, absent('evidence-missing'))];
      expect((await tell(1, open)).verdict).toBe('unknown');
      const excepted = [...times(200, arrived), ...times(9800, absent('held-by-killed'))];
      expect((await tell(0.5, excepted)).verdict).toBe('unknown');
    });

    it('fails by a loss where each trace was promised', async () => {
      const { verdict, findings } = await tell(1, [
        ...times(110, arrived),
        absent('refused-by-backend'),
      ]);
      expect([verdict, findings[0]?.kind]).toEqual(['fail', 'refused-by-backend']);
    });
  });
});
