import { describe, expect, it } from 'vitest';
import { doorOf, sendersOf, settingPath } from './senders.ts';
import type { Component } from './types.ts';

const component = (type: string, config: object = {}): Component =>
  ({ id: type, type, config }) as unknown as Component;
const paths = (type: string, config: object, what: 'queue' | 'retry'): string[] =>
  sendersOf(component(type, config))
    .filter((sender) => sender[what] !== undefined)
    .map(({ under }) => under);
const off = { enabled: false };

describe('where an exporter queues and tries again', () => {
  it('is in its own settings, unless they are off', () => {
    expect(paths('otlp_grpc', {}, 'queue')).toEqual(['']);
    expect(paths('otlp_grpc', { sending_queue: off, retry_on_failure: off }, 'queue')).toEqual([]);
    expect(paths('otlp_grpc', { retry_on_failure: off }, 'retry')).toEqual([]);
  });

  it('is for each endpoint where it spreads, and in front of them where its own say so', () => {
    const endpoint = 'protocol.otlp';
    expect(paths('loadbalancing', {}, 'queue')).toEqual([endpoint]);
    expect(paths('loadbalancing', {}, 'retry')).toEqual([endpoint]);
    const own = { sending_queue: { queue_size: 5 }, retry_on_failure: { enabled: true } };
    expect(paths('loadbalancing', own, 'queue')).toEqual(['', endpoint]);
    expect(paths('loadbalancing', own, 'retry')).toEqual(['', endpoint]);
    // A section without `enabled: true` leaves its own retries off, a queue is on by being written.
    const written = { sending_queue: null, retry_on_failure: { initial_interval: '1s' } };
    expect(paths('loadbalancing', written, 'queue')).toEqual([endpoint]);
    expect(paths('loadbalancing', written, 'retry')).toEqual([endpoint]);
    const protocol = { otlp: { sending_queue: off, retry_on_failure: off } };
    expect(paths('loadbalancing', { ...own, protocol }, 'queue')).toEqual(['']);
    expect(paths('loadbalancing', { protocol, sending_queue: off }, 'queue')).toEqual([]);
  });
});

it('a full queue refuses at the first, else where it would be written', () => {
  const door = (config: object): string =>
    settingPath(doorOf(component('loadbalancing', config)), 'sending_queue.queue_size');
  expect(door({})).toBe('protocol.otlp.sending_queue.queue_size');
  expect(door({ sending_queue: off })).toBe('protocol.otlp.sending_queue.queue_size');
  expect(door({ sending_queue: { storage: 'x' } })).toBe('sending_queue.queue_size');
  const protocol = { otlp: { sending_queue: off } };
  expect(door({ protocol })).toBe('protocol.otlp.sending_queue.queue_size');
  expect(settingPath(doorOf(component('otlp_grpc')), 'timeout')).toBe('timeout');
});
