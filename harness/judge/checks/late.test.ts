import { describe, expect, it } from 'vitest';
import type { ItemAccount } from '../ledger/account.ts';
import { processor } from '../model/causes.testing.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, traceOf } from './accounts.testing.ts';
import { createLateCheck } from './late.ts';

const context = {
  paths: { traces: { steps: [{ tier: { name: 'gateway' } }] } },
  samplerStep: 0,
  sampling: { component: processor('tail_sampling') },
} as unknown as JudgeContext;
const check = () => createLateCheck({ check: 'late', joinedShare: 1, orphaned: 0 }, context);

type Bucket = ItemAccount['bucket'];

/** A trace of one span in time and one that came after the decision. */
function trace(inTime: Bucket, late: Bucket) {
  const spans = [inTime, late].map((bucket, i) => {
    const span = itemOf(bucket.kind, { bucket });
    return { ...span, view: { ...span.view, item: { ...span.view.item, late: i === 1 } } };
  }) as ItemAccount[];
  const stays = [{ late: new Set([spans[1]?.view.item.item]) }];
  const kept = inTime.kind === 'delivered';
  return traceOf(spans, { kept, stays, intent: { outcome: 'sampled' } });
}

const delivered: Bucket = { kind: 'delivered' };
const notSampled: Bucket = { kind: 'notSampled', dropPolicy: undefined, late: false };
const full: Bucket = {
  kind: 'lost',
  hop: 'gateway→tempo',
  component: 'gateway/otlp_grpc',
  cause: 'dropped-by-exporter',
  detail: 'sending queue is full',
};
const kinds = async (...traces: ReturnType<typeof trace>[]) => {
  const { verdict, findings } = await judged(check(), traces);
  return [verdict, ...findings.map(({ kind, component }) => `${kind} at ${component}`)];
};

describe('a late span', () => {
  it('that joined its trace is right', async () => {
    expect(await kinds(trace(delivered, delivered))).toEqual(['pass']);
  });

  it('that the sampler left out of a kept trace is its finding', async () => {
    expect(await kinds(trace(delivered, notSampled))).toEqual([
      'fail',
      'late-span-lost at gateway/tail_sampling',
    ]);
  });

  it('that a full queue dropped is the queue’s', async () => {
    expect(await kinds(trace(delivered, delivered), trace(delivered, full))).toEqual([
      'fail',
      'dropped-by-exporter at gateway/otlp_grpc',
    ]);
  });

  it('is an orphan of a trace that was not sampled, not of one that a full queue dropped', async () => {
    const joined = trace(delivered, delivered);
    expect(await kinds(joined, trace(full, delivered))).toEqual(['pass']);
    expect(await kinds(joined, trace(notSampled, delivered))).toEqual([
      'fail',
      'late-span-orphaned at gateway/tail_sampling',
    ]);
  });

  it('that was not offered, or of which evidence is gone, blames nothing', async () => {
    const joined = trace(delivered, delivered);
    expect(await kinds(joined, trace(delivered, { kind: 'notOffered' }))).toEqual(['unknown']);
  });
});
