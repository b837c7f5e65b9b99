import { describe, expect, it } from 'vitest';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, logOf, traceOf } from './accounts.testing.ts';
import { createUnexplainedCheck } from './unexplained.ts';

const context = { evidence: { foreign: async () => [] } } as unknown as JudgeContext;
const check = () => createUnexplainedCheck(context);
const hung = (unmodelled: string) => itemOf('notSampled', { unmodelled });

describe('what hangs on a rule that is not modelled', () => {
  it('is unknown, and counted by name', async () => {
    const spans = ['a/x', 'a/x', 'b/y', 'b/z', 'c/w'].map(hung);
    const { verdict, observed, findings } = await judged(
      check(),
      [traceOf([...spans, itemOf('delivered')])],
      [logOf(hung('a/x'))],
    );
    expect(verdict).toBe('unknown');
    expect(observed).toContain(
      '; 5 spans, 1 log records, 0 metric points hang on what is not modelled: a/x, b/y, b/z, ...',
    );
    expect(findings[0]).toMatchObject({
      kind: 'not-modelled',
      hop: 'a',
      component: 'a/x',
      cause: 'spans',
      count: 2,
    });
  });

  it('is not without explanation, but hides nothing that is', async () => {
    const open = itemOf('unexplained', { unmodelled: 'a/x' });
    expect((await judged(check(), [traceOf([open])])).verdict).toBe('unknown');
    const traces = [traceOf([open, itemOf('unexplained')])];
    expect((await judged(check(), traces)).verdict).toBe('fail');
    expect((await judged(check(), [traceOf([itemOf('notSampled')])])).verdict).toBe('pass');
  });
});

describe('what the bench’s own stop cut short', () => {
  it('is open by a name of its own', async () => {
    const own = itemOf('unexplained', { missing: true });
    const cut = { ...own, bucket: { ...own.bucket, open: 'still-retrying' } } as typeof own;
    const { verdict, observed, findings } = await judged(check(), [traceOf([cut])]);
    expect(verdict).toBe('unknown');
    expect(observed).toContain('0 for want of evidence, 1 still on their way');
    expect(findings.map(({ kind }) => kind)).toEqual(['still-retrying']);
  });
});
