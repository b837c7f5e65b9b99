import { expect, it } from 'vitest';
import type { JudgeContext } from '../watch.ts';
import { judged } from './accounts.testing.ts';
import { createLivesCheck } from './lives.ts';

const gateway = { pod: 'gateway-0', tier: 'gateway', startedMs: 1_000, endedMs: 20_000 };
const killed = { ...gateway, ending: 'fault', signal: 'SIGKILL', exitCode: 137, oomKilled: false };
const receipt = { kind: 'restart', pod: 'gateway-0', injectedMs: 15_000 };

function restartsOf(life: object, receipts: readonly object[]) {
  const evidence = { lives: [life], receipts };
  const pipeline = { tiers: [{ name: 'gateway' }] };
  const context = { evidence, pipeline } as unknown as JudgeContext;
  return judged(createLivesCheck({ check: 'restarts', tier: undefined, count: 0 }, context), []);
}

it.each<[string, object, object[], string]>([
  ['ended by itself', { ...killed, ending: 'unasked', signal: undefined, exitCode: 2 }, [], '1'],
  ['was killed', killed, [{ ...receipt, kind: 'kill' }], '1'],
  ['was killed as its grace was over', killed, [receipt], '0'],
  ['was killed long after it was made anew', { ...killed, startedMs: 16_000 }, [receipt], '1'],
  ['was deleted and ended in time', { ...killed, signal: 'SIGTERM', exitCode: 0 }, [receipt], '0'],
  ['was stopped with the run', { ...killed, ending: 'stop' }, [], '0'],
])('a container that %s', async (_, life, receipts, observed) => {
  const check = await restartsOf(life, receipts);
  expect(check).toMatchObject({ observed, verdict: observed === '0' ? 'pass' : 'fail' });
});
