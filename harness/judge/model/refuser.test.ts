import { describe, expect, it } from 'vitest';
import type { WordLine } from '../../evidence/types.ts';
import type { Signal, Tier } from '../../pipeline/types.ts';
import { component, output, processor, tierOf } from './causes.testing.ts';
import type { Spoken } from './own-words.ts';
import { refuserIn } from './refuser.ts';

const balancer = component('loadbalancing', {
  protocol: { otlp: { sending_queue: { queue_size: 5 } } },
});
const tier = tierOf(
  'agent',
  [processor('memory_limiter', { limit_mib: 10 }), processor('transform/x')],
  [output(balancer)],
);
const silent: Spoken = { by: () => [], startMs: 0 };
const refuserBy = (tier: Tier, signal: Signal, said: string, spoken = silent) =>
  refuserIn(tier, signal, said, spoken);
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
    const culprit = refuserBy(tier, 'traces', said);
    expect(culprit).toMatchObject({ component: who, fix: expect.any(String) });
    expect(culprit?.why).toContain(setting);
  });

  it.each(['unknown service opentelemetry.proto.collector.logs.v1.LogsService', 'status 404, x'])(
    'a signal that no pipeline takes is the receiver’s: %s',
    (said) => {
      const why = expect.stringContaining('no pipeline takes logs');
      expect(refuserBy(tier, 'logs', said)).toMatchObject({ component: 'agent/otlp', why });
    },
  );

  it('a 404 of a signal that is taken is nobody’s here', () => {
    expect(refuserBy(tier, 'traces', '404 page not found')).toBeUndefined();
  });

  it('what was answered from behind is not this tier’s own limiter', () => {
    const said = 'rpc error: code = Unavailable desc = data refused due to high memory usage';
    expect(refuserBy(tier, 'traces', said)).toEqual({
      component: 'agent/loadbalancing',
      why: said,
    });
  });

  it('names nobody of several, and nobody by other words', () => {
    const two = tierOf('agent', [], [output(balancer), output(component('otlp_grpc/b'))]);
    expect(refuserBy(two, 'traces', full)).toBeUndefined();
    expect(refuserBy(tier, 'traces', 'something else')).toBeUndefined();
    expect(refuserBy(tierOf('agent', [], []), 'traces', 'refused due to high memory usage')).toBe(
      undefined,
    );
  });
});

describe('of several who may have said so', () => {
  const statement = 'set(attributes["n"], Int(attributes["x"]))';
  const two = tierOf(
    'agent',
    [
      processor('filter/a', { traces: { span: ['Int(attributes["y"]) > 1'] } }),
      processor('transform/b', { trace_statements: [statement] }),
      processor('transform/c', { trace_statements: ['set(attributes["n"], 1)'] }),
    ],
    [],
  );
  const failed = (what: string, why: string) => `failed to ${what}, ${why}`;
  const line = (over: Partial<WordLine>): WordLine => ({
    ...{ pod: 'agent-0', component: '', signal: '', words: '', about: '', error: '' },
    ...{ fromMs: 1_500, toMs: 1_500, lines: 1 },
    ...over,
  });
  const saying = (...lines: WordLine[]): Spoken => ({ by: () => lines, startMs: 1_000 });

  it.each([
    [failed(`execute statement: ${statement}`, 'no int'), 'agent/transform/b'],
    [failed('eval condition: Int(attributes["y"]) > 1', 'no int'), 'agent/filter/a'],
  ])('it is whose statement it is: %s', (said, who) => {
    const culprit = refuserBy(two, 'traces', said);
    expect(culprit?.component).toBe(who);
    expect(culprit?.why).toContain(said);
    expect(culprit?.fix).toContain('correct the statement or condition');
  });

  it('it is who said so itself, with pod and moment', () => {
    // A context that is inferred is written in front of each path.
    const said = failed('execute statement: set(span.attributes["n"], 2)', 'boom');
    expect(refuserBy(two, 'traces', said)).toBeUndefined();
    const own = { words: 'failed processing traces', error: said };
    const spoken = saying(
      line({ ...own, component: 'transform/c', error: 'other' }),
      line({ ...own, component: 'transform/b' }),
    );
    const culprit = refuserBy(two, 'traces', said, spoken);
    expect(culprit?.component).toBe('agent/transform/b');
    expect(culprit?.why).toContain('agent-0 said so 500 ms into the load: failed processing');
  });

  it('a limiter says so without its name, a resolver what it found', () => {
    const limited = saying(line({ words: 'Memory usage is above soft limit. Refusing data.' }));
    const high = 'data refused due to high memory usage';
    expect(refuserBy(tier, 'traces', high, limited)?.why).toContain('agent-0 said so 500 ms into');
    const lookup = { component: 'loadbalancing', words: 'failed to resolve' };
    const nobody = saying(line({ ...lookup, error: 'no such host', fromMs: 900 }));
    const empty = `couldn't find the exporter for the endpoint ""`;
    const why = refuserBy(tier, 'traces', empty, nobody)?.why;
    expect(why).toContain('agent-0 said so before the load: failed to resolve: no such host');
    expect(refuserBy(tier, 'traces', high, nobody)?.why).not.toContain('said so');
  });
});
