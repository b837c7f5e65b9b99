import { describe, expect, it } from 'vitest';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, traceOf } from './accounts.testing.ts';
import { createKeptCheck } from './kept.ts';

const context = {
  sampling: { component: { id: 'tail_sampling' } },
  samplerStep: 0,
  paths: { traces: { steps: [{ tier: { name: 'gateway' } }] } },
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
        sampling: { component: { id: 'tail_sampling' }, policies: [] },
        paths: { traces: { steps: [{ tier: { name: 'gateway' }, droppers: [] }] } },
      } as unknown as JudgeContext);
      expect((await judged(check, none)).verdict).toBe(says);
    },
  );
});
