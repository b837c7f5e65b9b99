import { describe, expect, it } from 'vitest';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, traceOf } from './accounts.testing.ts';
import { createDecidedCheck } from './decided.ts';

const context = {
  sampling: { component: { id: 'tail_sampling' }, unmodelled: [] },
} as unknown as JudgeContext;
const decided = (ambiguous: boolean) =>
  traceOf([itemOf('notSampled')], { stays: [{ fate: 'decided', ambiguous }] });

describe('decided', () => {
  it('is unknown where every decision is open: none was compared', async () => {
    const open = [decided(true), decided(true)];
    const { verdict, observed } = await judged(createDecidedCheck(context), open);
    expect(verdict).toBe('unknown');
    expect(observed).toBe('2 decisions, 0 otherwise, 2 open: none to compare');
    expect((await judged(createDecidedCheck(context), [])).verdict).toBe('unknown');
  });

  it('passes where one was as it had to be', async () => {
    const traces = [decided(true), decided(false)];
    expect((await judged(createDecidedCheck(context), traces)).verdict).toBe('pass');
  });
});
