import { expect, it } from 'vitest';
import type { TailSampling } from '../../pipeline/types.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { itemOf, judged, logOf, traceOf } from './accounts.testing.ts';
import { createLostCheck } from './lost.ts';

const lost = (cause: string): ItemAccount =>
  itemOf('lost', { bucket: { kind: 'lost', hop: 'agent', cause, detail: '' } as never });
const spans = [traceOf([lost('held-by-killed'), itemOf('delivered')])];

const check = (own: object) =>
  createLostCheck(
    {
      check: 'lost',
      spans: 0,
      logs: 0,
      metricPoints: undefined,
      except: [],
      atMost: undefined,
      ...own,
    },
    { memoryDoubts: [], samplerStep: 1, sampling: undefined },
  );

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

it('asks for metric points where a number of them is given', async () => {
  const points = [lost('refused-by-backend'), itemOf('delivered')];
  expect((await judged(check({}), [], [], points)).verdict).toBe('pass');
  expect(await judged(check({ metricPoints: 0 }), [], [], points)).toMatchObject({
    verdict: 'fail',
    observed: '0 spans, 0 log records, 1 metric points',
    findings: [{ kind: 'refused-by-backend', cause: 'metric points' }],
  });
  expect((await judged(check({ metricPoints: 1 }), [], [], points)).verdict).toBe('pass');
});

it('fails where the exceptions took out more than they may', async () => {
  const except = ['held-by-killed'] as const;
  expect((await judged(check({ except, atMost: 0.5 }), spans)).verdict).toBe('pass');
  expect(await judged(check({ except, atMost: 0.4 }), spans)).toMatchObject({
    verdict: 'fail',
    findings: [{ kind: 'held-by-killed', cause: 'spans: 50 % excepted, at most 40 % may be' }],
  });
});

it('fails by what never came to a sampler whose memory is in doubt, and by nothing else', async () => {
  const sampling = { blockOnOverflow: true, numTraces: 300 } as TailSampling;
  const memoryDoubts = ['more traces came than its memory holds'];
  const doubtful = () =>
    createLostCheck(
      { check: 'lost', spans: 0, logs: 0, metricPoints: undefined, except: [], atMost: undefined },
      { memoryDoubts, samplerStep: 1, sampling },
    );
  const ok = [{ kind: 'ok' }];
  const dropped = (steps: number, detail: string) => {
    const item = lost('dropped-by-exporter');
    const view = { ...item.view, arrivals: Array.from({ length: steps }, () => ok) };
    return { ...item, view, bucket: { ...item.bucket, detail } } as unknown as ItemAccount;
  };
  const behind = await judged(doubtful(), [traceOf([dropped(2, 'deadline exceeded')])]);
  expect(behind).toMatchObject({ verdict: 'unknown', findings: [{ cause: 'spans' }] });
  const before = await judged(doubtful(), [traceOf([dropped(1, 'deadline exceeded')])]);
  expect(before.verdict).toBe('fail');
  expect(before.findings[0]?.cause).toContain('num_traces: 300, block_on_overflow');
  const full = await judged(doubtful(), [traceOf([dropped(1, 'sending queue is full')])]);
  expect(full.findings[0]?.cause).toBe('spans');
});
