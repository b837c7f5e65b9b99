import { expect, it } from 'vitest';
import type { Bucket } from '../ledger/account.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, traceOf } from './accounts.testing.ts';
import { createStoredCheck } from './stored.ts';

const sampler = { id: 'tail_sampling' };
const context = {
  paths: { traces: { steps: [{ tier: { name: 'gateway' } }], backends: [], ends: [] } },
  samplerStep: 0,
  sampling: { component: sampler },
} as unknown as JudgeContext;
const check = (own: { atMost?: number; atLeast?: number }) =>
  createStoredCheck({ check: 'stored', atMost: 1, atLeast: 0, ...own }, context);

const spans = (count: number, kind: Bucket['kind'], over = {}) =>
  Array.from({ length: count }, () => itemOf(kind, over));
const of = (className: string, ...all: ReturnType<typeof spans>[]) =>
  traceOf(all.flat(), { trace: { traceId: className, className } });
const load = [
  of('error', spans(30, 'delivered')),
  of('normal', spans(10, 'delivered'), spans(60, 'notSampled')),
];

it('counts spans of all classes, and says which make up what is stored', async () => {
  expect(await judged(check({ atMost: 0.2 }), load)).toMatchObject({
    verdict: 'fail',
    observed: '40 of 100 spans (40 %)',
    findings: [
      {
        kind: 'promise-not-configured',
        component: 'gateway/tail_sampling',
        count: 20,
        cause:
          '40 % of the spans are stored: 75 % of them of class error, 25 % of them of class normal',
      },
    ],
  });
  expect((await judged(check({ atMost: 0.4, atLeast: 0.4 }), load)).verdict).toBe('pass');
  expect((await judged(check({ atLeast: 0.5 }), load)).verdict).toBe('fail');
});

it('lets what is not known speak for the pipeline, and does not pass by it', async () => {
  const open = [...load, of('normal', spans(100, 'unseen'))];
  expect(await judged(check({ atMost: 0.2 }), open)).toMatchObject({
    verdict: 'unknown',
    observed: '40 of 200 spans (20 %), 100 open',
    findings: [],
  });
  expect((await judged(check({ atMost: 0.19 }), open)).verdict).toBe('fail');
  expect((await judged(check({ atLeast: 0.5 }), open)).verdict).toBe('unknown');
  expect((await judged(check({ atLeast: 0.71 }), open)).verdict).toBe('fail');
  expect((await judged(check({ atMost: 0.7 }), open)).verdict).toBe('pass');
});

it('proves nothing where nothing was sent', async () => {
  expect((await judged(check({ atMost: 0.2 }), [])).verdict).toBe('unknown');
  const notOffered = [of('normal', spans(5, 'notOffered'))];
  expect((await judged(check({ atLeast: 0.2 }), notOffered)).verdict).toBe('unknown');
});
