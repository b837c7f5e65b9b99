import { describe, expect, it } from 'vitest';
import type { VisibilityProbe } from '../../evidence/types.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged as judgedBy, traceOf } from './accounts.testing.ts';
import { createVisibleCheck } from './visible.ts';

const sentMs = 100_000;
const probe = (visible?: number, missed?: number): VisibilityProbe => ({
  traceId: `${visible}/${missed}`,
  sentMs,
  visibleMs: visible === undefined ? undefined : sentMs + visible,
  missedMs: missed === undefined ? undefined : sentMs + missed,
});

const paths = { traces: { signal: 'traces', steps: [] } };
const judged = async (visibility: readonly VisibilityProbe[], share = 1) => {
  const context = { paths, evidence: { answers: { visibility } } } as unknown as JudgeContext;
  const result = await createVisibleCheck(
    { check: 'visible', share, withinMs: 15_000 },
    context,
  ).finish();
  return { verdict: result.verdict, kinds: result.findings.map(({ kind }) => kind) };
};

describe('visible', () => {
  it('passes what was found in time, whenever it was asked for before', async () => {
    expect(await judged([probe(12_000, 11_000), probe(15_000), probe(400)])).toEqual({
      verdict: 'pass',
      kinds: [],
    });
  });

  it('fails what was asked for in vain behind the limit', async () => {
    const late = { verdict: 'fail', kinds: ['visible-too-late'] };
    expect(await judged([probe(12_000), probe(16_000, 15_001)])).toEqual(late);
    expect(await judged([probe(undefined, 20_000)])).toEqual(late);
  });

  it('leaves open what was not asked for between the limit and when it was found', async () => {
    const open = { verdict: 'unknown', kinds: ['evidence-missing'] };
    expect(await judged([probe(12_000), probe(16_000, 14_900)])).toEqual(open);
    expect(await judged([probe(16_000)])).toEqual(open);
    expect(await judged([probe(undefined, 14_000)])).toEqual(open);
    expect(await judged([])).toMatchObject({ verdict: 'unknown' });
  });

  it('minds only what the share leaves no room for', async () => {
    const mixed = [probe(1_000), probe(2_000), probe(16_000, 15_500), probe(16_000, 14_000)];
    expect((await judged(mixed, 0.5)).verdict).toBe('pass');
    expect((await judged(mixed, 0.75)).verdict).toBe('unknown');
    // The open one could not save it: it is no finding.
    expect(await judged(mixed, 0.9)).toEqual({ verdict: 'fail', kinds: ['visible-too-late'] });
  });

  it('leaves open what a backend of the bench took in time and showed late', async () => {
    const probes = [probe(16_000, 15_500)];
    const stored = itemOf('delivered');
    const deliveries = [{ kind: 'ok', toMs: sentMs + 500 }];
    const taken = { ...stored, view: { ...stored.view, arrivals: [], deliveries } };
    const context = {
      paths: { traces: { signal: 'traces', steps: [] } },
      evidence: { answers: { visibility: probes } },
    } as unknown as JudgeContext;
    const check = createVisibleCheck({ check: 'visible', share: 1, withinMs: 15_000 }, context);
    const trace = traceOf([taken as unknown as typeof stored], {
      trace: { traceId: probes[0]?.traceId },
    });
    expect(await judgedBy(check, [trace])).toMatchObject({
      verdict: 'unknown',
      findings: [{ kind: 'evidence-missing', gap: 'bench' }],
    });
  });

  it.each(['lost', 'refused'] as const)('does not blame itself on a span %s', async (kind) => {
    const probes = [probe(1_000), probe(undefined, 20_000)];
    const sampling = { component: { id: 'tail_sampling' } };
    const context = { paths, sampling, evidence: { answers: { visibility: probes } } };
    const tell = (indeterminate: boolean) =>
      judgedBy(
        createVisibleCheck(
          { check: 'visible', share: 1, withinMs: 15_000 },
          context as unknown as JudgeContext,
        ),
        probes.map(({ traceId }, i) =>
          traceOf([itemOf('delivered'), itemOf(i === 0 ? 'delivered' : kind, { indeterminate })], {
            trace: { traceId },
            intent: { outcome: 'sampled' },
          }),
        ),
      );
    expect(await tell(false)).toMatchObject({
      verdict: 'pass',
      observed: expect.stringContaining('1 of 1 probes in time, 1 lost on the way'),
    });
    expect((await tell(true)).verdict).toBe('fail');
  });

  it('does not count what is not to arrive', async () => {
    const probes = [probe(1_000), probe(undefined, 20_000), probe(undefined, 30_000)];
    const context = { paths, sampling: {}, evidence: { answers: { visibility: probes } } };
    const check = createVisibleCheck(
      { check: 'visible', share: 1, withinMs: 15_000 },
      context as unknown as JudgeContext,
    );
    const intents = ['sampled', 'not-sampled', 'sampled'];
    const traces = probes.map(({ traceId }, i) =>
      traceOf([itemOf(i === 2 ? 'filtered' : 'delivered')], {
        trace: { traceId },
        intent: { outcome: intents[i] },
      }),
    );
    expect(await judgedBy(check, traces)).toMatchObject({
      verdict: 'pass',
      observed: expect.stringContaining('1 of 1 probes'),
    });
  });
});
