import { describe, expect, it } from 'vitest';
import { component, output, processor, tierOf } from './causes.testing.ts';
import { refuserIn } from './refuser.ts';

const balancer = component('loadbalancing', {
  protocol: { otlp: { sending_queue: { queue_size: 5 } } },
});
const tier = tierOf(
  'agent',
  [processor('memory_limiter', { limit_mib: 10 }), processor('transform/x')],
  [output(balancer)],
);
const full = 'sending queue is full';

describe('refuserIn', () => {
  it.each([
    ['data refused due to high memory usage', 'agent/memory_limiter', 'limit_mib: 10 (p.yaml:7)'],
    [full, 'agent/loadbalancing', 'protocol.otlp.sending_queue.queue_size: 5 (p.yaml:7)'],
    [
      `couldn't find the exporter for the endpoint ""`,
      'agent/loadbalancing',
      'resolver: none (p.yaml:7)',
    ],
    [
      'failed to execute statement: set(x, Int("a")), boom',
      'agent/transform/x',
      'error_mode: propagate (p.yaml:7)',
    ],
  ])('%s: it was %s', (said, who, setting) => {
    const culprit = refuserIn(tier, 'traces', said);
    expect(culprit).toMatchObject({ component: who, fix: expect.any(String) });
    expect(culprit?.why).toContain(setting);
  });

  it.each(['unknown service opentelemetry.proto.collector.logs.v1.LogsService', 'status 404, x'])(
    'a signal that no pipeline takes is the receiver’s: %s',
    (said) => {
      const why = expect.stringContaining('no pipeline takes logs');
      expect(refuserIn(tier, 'logs', said)).toMatchObject({ component: 'agent/otlp', why });
    },
  );

  it('a 404 of a signal that is taken is nobody’s here', () => {
    expect(refuserIn(tier, 'traces', '404 page not found')).toBeUndefined();
  });

  it('what was answered from behind is not this tier’s own limiter', () => {
    const said = 'rpc error: code = Unavailable desc = data refused due to high memory usage';
    expect(refuserIn(tier, 'traces', said)).toEqual({
      component: 'agent/loadbalancing',
      why: said,
    });
  });

  it('names nobody of several, and nobody by other words', () => {
    const two = tierOf('agent', [], [output(balancer), output(component('otlp_grpc/b'))]);
    expect(refuserIn(two, 'traces', full)).toBeUndefined();
    expect(refuserIn(tier, 'traces', 'something else')).toBeUndefined();
    expect(refuserIn(tierOf('agent', [], []), 'traces', 'refused due to high memory usage')).toBe(
      undefined,
    );
  });
});
