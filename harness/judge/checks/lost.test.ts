import { expect, it } from 'vitest';
import type { ItemAccount } from '../ledger/account.ts';
import { itemOf, judged, logOf, traceOf } from './accounts.testing.ts';
import { createLostCheck } from './lost.ts';

const lost = (cause: string): ItemAccount =>
  itemOf('lost', { bucket: { kind: 'lost', hop: 'agent', cause, detail: '' } as never });
const spans = [traceOf([lost('held-by-killed'), itemOf('delivered')])];

const check = (own: object) =>
  createLostCheck({ check: 'lost', spans: 0, logs: 0, except: [], atMost: undefined, ...own });

it('fails for each span and log record that was lost, but for what is excepted', async () => {
  expect(await judged(check({}), spans)).toMatchObject({
    verdict: 'fail',
    observed: '1 spans, 0 log records',
  });
  const except = ['held-by-killed'] as const;
  expect((await judged(check({ except }), spans)).verdict).toBe('pass');
  const other = [logOf(lost('queue-gone-with-pod'))];
  expect((await judged(check({ except }), spans, other)).verdict).toBe('fail');
});

it('asks for log records alone where no number of spans is given', async () => {
  const alone = { spans: undefined };
  expect(await judged(check(alone), spans)).toMatchObject({
    verdict: 'pass',
    subject: 'logs',
    observed: '0 log records',
  });
  const logs = [logOf(lost('held-by-killed'))];
  expect((await judged(check(alone), spans, logs)).verdict).toBe('fail');
});

it('fails where the exceptions took out more than they may', async () => {
  const except = ['held-by-killed'] as const;
  expect((await judged(check({ except, atMost: 0.5 }), spans)).verdict).toBe('pass');
  expect(await judged(check({ except, atMost: 0.4 }), spans)).toMatchObject({
    verdict: 'fail',
    findings: [{ kind: 'held-by-killed', cause: 'spans: 50 % excepted, at most 40 % may be' }],
  });
});
