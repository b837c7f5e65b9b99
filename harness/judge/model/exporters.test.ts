import { describe, expect, it } from 'vitest';
import type { Tier } from '../../pipeline/types.ts';
import { component, output, processor, tierOf } from './causes.testing.ts';
import { senderRefused, sendersTo, whyDropped } from './exporters.ts';

const deadline = 'rpc error: code = DeadlineExceeded desc = context deadline exceeded';
const reset = 'rpc error: code = Unavailable desc = connection error';
const agent = (config: object) =>
  tierOf('agent', [], [output(component('loadbalancing', { ...config }))]);
const noRetry = { protocol: { otlp: { retry_on_failure: { enabled: false } } } };
const why = (tier: Tier, said: string, next?: Tier) =>
  whyDropped(tier, 'traces', 'loadbalancing', said, next);

describe('whyDropped', () => {
  it('a full queue: the size of each that is passed', () => {
    const sizes = (config: object) => why(agent(config), 'sending queue is full').why;
    const inner = 'protocol.otlp.sending_queue.queue_size: 1000 (p.yaml:7)';
    expect(sizes({})).toBe(`sending queue is full; ${inner}`);
    const own = 'sending_queue.queue_size: 1 (p.yaml:7)';
    const both = { sending_queue: { queue_size: 1 } };
    expect(sizes(both)).toBe(`sending queue is full; ${own}; ${inner}`);
    const off = { otlp: { sending_queue: { enabled: false } } };
    const { why: told, fix } = why(agent({ ...both, protocol: off }), 'sending queue is full');
    expect(told).toBe(`sending queue is full; ${own}`);
    expect(fix).toContain('raise sending_queue.queue_size');
  });

  it('no second attempt: the retries, where they are off and only there', () => {
    const setting = 'protocol.otlp.retry_on_failure.enabled: false (p.yaml:7)';
    expect(why(agent(noRetry), deadline).why).toBe(`${deadline}; ${setting}`);
    expect(why(agent({}), deadline).why).toBe(deadline);
    const again = { ...noRetry, retry_on_failure: { enabled: true } };
    expect(why(agent(again), deadline).why).toBe(deadline);
  });

  it('retries that ended: for how long they are made', () => {
    const told = why(agent({}), `no more retries left: ${deadline}`).why;
    expect(told).toContain('max_elapsed_time: 5m');
  });

  it('a handshake that failed: what is wrong with it, not that it was tried once', () => {
    const said = `${reset}: tls: first record does not look like a TLS handshake`;
    const { why: told, fix } = why(agent(noRetry), said);
    expect(told).toBe(
      `${said}; it speaks TLS to what does not: protocol.otlp.tls.insecure: false (p.yaml:7)`,
    );
    expect(fix).toContain('set tls.insecure: true');
  });

  it('nobody there: where it sends to', () => {
    expect(why(agent({}), reset).why).toContain('it sends to gateway at port 4317');
  });

  it('a port at which the backend does not listen: where it does, whatever was answered', () => {
    const exporter = component('otlp_grpc/tempo', { endpoint: 'tempo:4319' });
    const one = output(exporter, { backend: 'tempo:4319' });
    const told = (own: object) =>
      whyDropped(
        tierOf('gateway', [], [{ ...one, ...own }]),
        'traces',
        exporter.id,
        reset,
        undefined,
      );
    const listensAt = '4317 (gRPC) and 4318 (HTTP)';
    expect(told({ listensAt })).toEqual({
      component: 'gateway/otlp_grpc/tempo',
      why: `${reset}; it sends to tempo:4319, which listens at ${listensAt} instead (endpoint: tempo:4319 (p.yaml:7))`,
      fix: `correct the port of its endpoint: the backend listens at ${listensAt}`,
    });
    const full = whyDropped(
      tierOf('gateway', [], [{ ...one, listensAt }]),
      'traces',
      exporter.id,
      'sending queue is full',
      undefined,
    );
    expect(full.fix).toBe(told({ listensAt }).fix);
    expect(told({ listensAt: '14319 (gRPC)' }).fix).toContain('correct the port');
    expect(told({ listensAt: '4319 (HTTP)' }).fix).toBe(
      'use the exporter of the protocol that the backend speaks: it listens at 4319 (HTTP)',
    );
    expect(told({}).fix).toBeUndefined();
    expect(told({}).why).not.toContain('instead');
  });

  it('a sampler that waits for room, where it does', () => {
    const waits = (blockOnOverflow: boolean): Tier => ({
      ...tierOf('gateway', [], []),
      tailSampling: {
        component: processor('tail_sampling', { block_on_overflow: blockOnOverflow }),
        blockOnOverflow,
        numTraces: 300,
      } as unknown as Tier['tailSampling'],
    });
    expect(why(agent({}), deadline, waits(true)).why).toContain('block_on_overflow: true');
    expect(why(agent({}), deadline, waits(false)).why).toBe(deadline);
    expect(why(agent({}), reset, waits(true)).why).not.toContain('block_on_overflow');
  });

  it('an exporter that the config does not know has only its words', () => {
    const told = whyDropped(agent({}), 'traces', 'otlp_grpc/x', 'boom', undefined);
    expect(told).toEqual({ component: 'agent/otlp_grpc/x', why: 'boom' });
  });
});

describe('who sent what a backend refused', () => {
  const final = (message: string) => ({ message, final: true });
  const loki = component('otlp_http/loki', { endpoint: 'http://loki:3100/otel' });
  const gateway = tierOf('gateway', [], [output(loki, { backend: 'loki:3100' }, 'logs')]);

  it('is the exporter that leads there, with its endpoint', () => {
    expect(senderRefused(gateway, 'logs', 'loki:3100', final('404 page not found\n'))).toEqual({
      component: 'gateway/otlp_http/loki',
      why: '404 page not found; endpoint: http://loki:3100/otel (p.yaml:7)',
      fix: 'correct its endpoint: loki:3100 serves no logs there',
    });
    expect(
      senderRefused(gateway, 'logs', 'loki:3100', final('too many requests'))?.fix,
    ).toBeUndefined();
  });

  it('is one that was told not to try again, where it might have', () => {
    const once = component('otlp_http/loki', { retry_on_failure: { enabled: false } });
    const own = tierOf('gateway', [], [output(once, { backend: 'loki:3100' }, 'logs')]);
    const refused = { message: 'unavailable', final: false };
    const told = senderRefused(own, 'logs', 'loki:3100', refused);
    expect(told?.why).toMatch(/^unavailable; retry_on_failure\.enabled: false/);
    expect(told?.fix).toMatch(/take .*enabled: false out/);
    const other = senderRefused(own, 'logs', 'loki:3100', { ...refused, final: true });
    expect(other?.why).toMatch(/; endpoint: /);
    expect(senderRefused(gateway, 'logs', 'loki:3100', refused)?.why).toMatch(/; endpoint: /);
  });

  it('is nobody where none or several lead there', () => {
    expect(senderRefused(gateway, 'traces', 'loki:3100', final('404'))).toBeUndefined();
    expect(sendersTo(gateway, 'logs', { backend: 'other:1' })).toEqual([]);
  });
});
