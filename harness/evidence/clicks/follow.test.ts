import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logsRequest, traceRequest } from '../../grafana/requests.ts';
import type { LinkRequest } from '../../grafana/types.ts';
import { follow, type Targets } from './follow.ts';
import { delimited } from './protobuf.testing.ts';

/** What the server says, by path. */
const says = new Map<string, { status: number; body: string | Buffer }>();
const asked: string[] = [];
let server: Server;
let targets: Targets;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(`${path} ${request.headers.accept}`);
    const { status, body } = says.get(path) ?? { status: 404, body: 'not found' };
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  targets = new Map([
    ['tempo', target],
    ['loki', target],
  ]);
});
afterAll(() => server.close());

const trace = Buffer.from(
  delimited(1, [
    ...delimited(2, [
      ...delimited(2, [
        ...delimited(1, Array(16).fill(0xab)),
        ...delimited(2, Array(8).fill(0xcd)),
      ]),
    ]),
  ]),
);
const item = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) };
const lines = (ids: readonly string[]): string =>
  JSON.stringify({
    data: {
      result: ids.map((id) => ({ stream: { trace_id: id, span_id: id }, values: [['1', 'x']] })),
    },
  });

describe('a trace', () => {
  it('is asked for by the new path, and on 404 by the old one', async () => {
    says.set('/api/traces/abab', { status: 200, body: trace });
    asked.length = 0;
    expect(await follow(targets, traceRequest('abab'))).toEqual({
      request: { path: '/api/traces/abab', parameters: {} },
      answer: { status: 200, items: [item] },
    });
    expect(asked).toEqual([
      '/api/v2/traces/abab application/protobuf',
      '/api/traces/abab application/protobuf',
    ]);
  });

  it('is not there where neither has it', async () => {
    expect((await follow(targets, traceRequest('cdcd'))).answer).toEqual({
      status: 404,
      error: 'not found',
      items: [],
    });
  });

  it('is an error where the answer is none', async () => {
    says.set('/api/v2/traces/ee', { status: 200, body: 'no trace' });
    const { answer } = await follow(targets, traceRequest('ee'));
    expect(answer?.status).toBeUndefined();
    expect(answer?.error).toMatch(/./);
  });
});

describe('logs', () => {
  const path = '/loki/api/v1/query_range';
  const request = (query: string, otherwise?: LinkRequest): LinkRequest => ({
    ...logsRequest(query, { fromMs: 1, toMs: 2 }, 10),
    ...(otherwise ? { otherwise } : {}),
  });

  it('are told by their ids', async () => {
    says.set(path, { status: 200, body: lines(['a', 'b']) });
    expect((await follow(targets, request('{}'))).answer?.items).toEqual([
      { traceId: 'a', spanId: 'a' },
      { traceId: 'b', spanId: 'b' },
    ]);
  });

  it('are asked for in another way where there are none, and in no other where there are', async () => {
    says.set(path, { status: 200, body: lines([]) });
    const empty = await follow(targets, request('first', request('second')));
    expect(empty.request?.parameters.query).toBe('second');
    says.set(path, { status: 200, body: lines(['a']) });
    const found = await follow(targets, request('first', request('second')));
    expect(found.request?.parameters.query).toBe('first');
  });

  it('tell what Loki refuses', async () => {
    says.set(path, { status: 400, body: 'parse error' });
    const { answer } = await follow(targets, request('x', request('y')));
    expect(answer).toEqual({ status: 400, error: 'parse error', items: [] });
  });

  it('are none without a backend', async () => {
    const { answer } = await follow(new Map(), request('{}'));
    expect(answer).toEqual({ error: 'the run has no loki', items: [] });
  });
});
