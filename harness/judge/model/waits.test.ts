import { expect, it } from 'vitest';
import { component, output, processor, tierOf } from './causes.testing.ts';
import type { SignalPath } from './path.ts';
import { waitsOf } from './waits.ts';

const pathWith = (timeout: string, flush?: string): SignalPath => {
  const processors = [
    processor('tail_sampling', { decision_wait: '5s' }),
    processor('batch', { timeout }),
  ];
  const batch = flush === undefined ? {} : { sending_queue: { batch: { flush_timeout: flush } } };
  const tier = tierOf('gateway', processors, [output(component('otlp_grpc/tempo', batch))]);
  return { signal: 'traces', steps: [{ tier, processors }] } as unknown as SignalPath;
};

it.each([
  ['10s', undefined, 'gateway/batch', 'timeout: 10s (p.yaml:7)'],
  ['200ms', undefined, 'gateway/tail_sampling', 'decision_wait: 5s (p.yaml:7)'],
  ['200ms', '8s', 'gateway/otlp_grpc/tempo', 'sending_queue.batch.flush_timeout: 8s (p.yaml:7)'],
])('batch of %s, queue of %s: longest is %s', (timeout, flush, who, why) => {
  expect(waitsOf(pathWith(timeout, flush))[0]).toMatchObject({ component: who, why });
});

it('the queue of an endpoint is told where it stands', () => {
  const batch = { sending_queue: { batch: { flush_timeout: '8s' } } };
  const balancer = component('loadbalancing', { protocol: { otlp: batch } });
  const steps = [{ tier: tierOf('agent', [], [output(balancer)]), processors: [] }];
  expect(waitsOf({ signal: 'traces', steps } as unknown as SignalPath)[0]).toMatchObject({
    component: 'agent/loadbalancing',
    why: 'protocol.otlp.sending_queue.batch.flush_timeout: 8s (p.yaml:7)',
  });
});

it('nothing waits on a way without any', () => {
  expect(waitsOf({ signal: 'traces', steps: [] })).toEqual([]);
});
