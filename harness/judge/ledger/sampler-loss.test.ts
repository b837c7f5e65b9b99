import { expect, it } from 'vitest';
import { processor } from '../model/causes.testing.ts';
import type { JudgeContext } from './context.ts';
import { endedUndecided, pushedOut } from './sampler-loss.ts';
import type { StayAccount } from './stay.ts';

const config = { num_traces: 300, drop_pending_traces_on_shutdown: true };
const context = {
  sampling: { component: processor('tail_sampling', config) },
  paths: { traces: { steps: [{ tier: { name: 'gateway' } }] } },
  samplerStep: 0,
} as unknown as JudgeContext;
const stay = (ending: 'killed' | 'graceful'): StayAccount =>
  ({ incarnation: { ending, life: { pod: 'gateway-0' } } }) as unknown as StayAccount;

it('a trace that was pushed out is num_traces’ doing', () => {
  expect(pushedOut(context, 'gateway', 'pushed out')).toMatchObject({
    cause: 'evicted-before-decision',
    component: 'gateway/tail_sampling',
    why: 'num_traces: 300 (p.yaml:7)',
  });
});

it('a process that ended in good order forgot only because it was told to', () => {
  expect(endedUndecided(context, 'gateway', stay('graceful'))).toMatchObject({
    cause: 'cut-by-restart',
    component: 'gateway/tail_sampling',
    why: 'drop_pending_traces_on_shutdown: true (p.yaml:7)',
  });
  const killed = endedUndecided(context, 'gateway', stay('killed'));
  expect(killed.cause).toBe('held-by-killed');
  expect(killed.why).toBeUndefined();
});
