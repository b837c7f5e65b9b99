import { expect, it } from 'vitest';
import { numberEntries } from './number-entries.ts';

it('numbers each signal’s ways in behind those of the others', () => {
  const { urls, entries, isPlain } = numberEntries({
    traces: { by: 'connection', urls: ['http://a', 'http://b', 'http://c'] },
    logs: { by: 'node', urls: ['http://d'] },
    metrics: { by: 'node', urls: ['http://e'] },
  });
  expect(urls.slice(entries.logs.first)).toEqual(['http://d', 'http://e']);
  expect(urls[entries.metrics.first]).toBe('http://e');
  expect([entries.traces.by, entries.logs.by, isPlain]).toEqual(['connection', 'node', false]);
});

it('is plain for all as soon as one goes in over gRPC', () => {
  const nothing = { by: 'node', urls: [] } as const;
  const logs = { by: 'node', urls: ['grpc://d/Export'] } as const;
  expect(numberEntries({ traces: nothing, logs, metrics: nothing }).isPlain).toBe(true);
});
