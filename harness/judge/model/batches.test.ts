import { expect, it } from 'vitest';
import type { Component } from '../../pipeline/types.ts';
import { batchedForMs, queuedForMs } from './batches.ts';

const component = (type: string, config = {}): Component => ({ type, config }) as Component;

it('adds up what processors hold back', () => {
  const batch = component('batch', { timeout: '5s' });
  expect(batchedForMs([component('attributes'), batch, component('batch')])).toBe(5_200);
  expect(batchedForMs([component('attributes')])).toBe(0);
});

it.each([
  [{}, 0],
  [{ sending_queue: { enabled: true } }, 0],
  [{ sending_queue: { batch: {} } }, 200],
  [{ sending_queue: { batch: { flush_timeout: '10s' } } }, 10_000],
])('an exporter with %j holds back %s ms', (config, ms) => {
  expect(queuedForMs([{ exporter: component('otlp_grpc', config) }])).toBe(ms);
});

it('of a loadbalancing exporter each queue that is passed holds back', () => {
  const batched = (flush_timeout: string) => ({ sending_queue: { batch: { flush_timeout } } });
  const holdsMs = (config: object): number =>
    queuedForMs([{ exporter: component('loadbalancing', config) }]);
  expect(holdsMs({ protocol: { otlp: batched('4s') } })).toBe(4_000);
  expect(holdsMs({ ...batched('1s'), protocol: { otlp: batched('4s') } })).toBe(5_000);
});
