import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { askLogs } from './loki.ts';
import { askInstances } from './prometheus.ts';

const asked: IncomingMessage[] = [];
const marked = (spanId: string) => [
  '1',
  'hello',
  { structuredMetadata: { trace_id: 't', span_id: spanId } },
];

/** In Loki's own form, with categorized labels, and in Prometheus'. */
const answerOf = (path: string): unknown =>
  path.startsWith('/loki')
    ? {
        data: {
          result: [
            { stream: { service_name: 'cart', pod: 'a' }, values: [marked('s1'), ['2', 'bare']] },
            { stream: { pod: 'a', service_name: 'cart' }, values: [marked('s2')] },
            { stream: { service_name: 'cart', pod: 'b' }, values: [marked('s3')] },
            { stream: { trace_id: 't', span_id: 's4' }, values: [['3', 'labelled']] },
          ],
        },
      }
    : {
        data: [
          { __name__: 'latency_bucket', instance: 'u1', le: '1' },
          { __name__: 'latency_bucket', instance: 'u1', le: '2' },
          { __name__: 'target_info', instance: 'u1', k8s_pod_name: 'a' },
        ],
      };

const server = createServer((request, response) => {
  asked.push(request);
  response.end(JSON.stringify(answerOf(request.url ?? '')));
});
let target: { host: string; port: number };
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
});
afterAll(() => server.close());
beforeEach(() => {
  asked.length = 0;
});

it('asks Loki for labels apart from structured metadata, a stream once', async () => {
  const { streams: found } = await askLogs(target, ['t'], 0, 1_000);
  expect(asked[0]?.headers['x-loki-response-encoding-flags']).toBe('categorize-labels');
  expect(found).toEqual([
    { labels: { service_name: 'cart', pod: 'a' }, spanIds: ['s1', 's2'] },
    { labels: { service_name: 'cart', pod: 'b' }, spanIds: ['s3'] },
    { labels: { trace_id: 't', span_id: 's4' }, spanIds: ['s4'] },
  ]);
});

it('finds log records by their ids, be they structured metadata or labels', async () => {
  const { logs } = await askLogs(target, ['t'], 0, 1_000);
  expect(logs).toEqual([
    { traceId: 't', spanIds: ['s1', 's2', 's3', 's4'] },
    { traceId: '', spanIds: [''] },
  ]);
});

it('asks Prometheus for the series of instances, and takes buckets for one', async () => {
  const found = await askInstances(target, ['u1', 'u"2'], 500, 1_500);
  const { searchParams } = new URL(asked[0]?.url ?? '', 'http://prometheus');
  expect(searchParams.getAll('match[]')).toEqual([
    '{instance=~"u1"}',
    '{service_instance_id=~"u1"}',
  ]);
  expect([searchParams.get('start'), searchParams.get('end')]).toEqual(['0', '2']);
  expect(found).toEqual([
    { __name__: 'latency_bucket', instance: 'u1' },
    { __name__: 'target_info', instance: 'u1', k8s_pod_name: 'a' },
  ]);
});

it('asks Prometheus nothing where there is no instance', async () => {
  expect(await askInstances(target, [], 0, 1)).toEqual([]);
  expect(asked).toEqual([]);
});
