import { describe, expect, it } from 'vitest';
import { type Read, read, requestOf, span } from './spans.testing.ts';
import { fromZipkin, toZipkin } from './zipkin.ts';

const through = (...spans: number[][]): Read[] => read(fromZipkin(toZipkin(requestOf(...spans))));
const sentAs = (...spans: number[][]) => JSON.parse(String(toZipkin(requestOf(...spans))));

describe('a span that a tracer of Zipkin sends', () => {
  it('has its ids, times in microseconds, and all values as text', () => {
    expect(sentAs(span({ parent: true, status: 2 }))).toEqual([
      {
        traceId: '00112233445566778899aabbccddeeff',
        id: '0102030405060708',
        parentId: '1112131415161718',
        name: 'POST /pay',
        kind: 'SERVER',
        timestamp: 1_795_985_175_426_123,
        duration: 2_500_001,
        localEndpoint: { serviceName: 'payment' },
        tags: { 'http.route': '/pay', 'http.status': '200', retried: 'false', error: 'true' },
      },
    ]);
  });

  it('has no kind inside a process, and nothing that is taken for another thing', () => {
    const [sent] = sentAs(
      span({ kind: 1, attributes: { 'deployment.environment': 'test', error: 'x' } }),
    );
    expect(sent).not.toHaveProperty('kind');
    expect(sent.tags).toEqual({ 'http.route': '/pay', 'http.status': '200', retried: 'false' });
  });
});

describe('what a receiver makes of it', () => {
  it('is a span with the service alone as its resource', () => {
    expect(through(span({ parent: true }))).toEqual([
      {
        resource: { 'service.name': 'payment' },
        attributes: { 'http.route': '/pay', 'http.status': '200', retried: 'false' },
        core: {
          parentSpanId: '1112131415161718',
          name: 'POST /pay',
          kind: '2',
          startTimeUnixNano: '1795985175426123000',
          endTimeUnixNano: '1795985177926124000',
        },
        parent: '1112131415161718',
      },
    ]);
  });

  it('failed where its tag says so', () => {
    expect(through(span({ status: 2 }))[0]?.core.status).toBe('1802');
    expect(through(span())[0]?.core.status).toBeUndefined();
  });

  it('is in the order in which they were sent', () => {
    const kinds = [2, 3, 4, 5, 1];
    expect(through(...kinds.map((kind) => span({ kind }))).map(({ core }) => core.kind)).toEqual([
      ...['2', '3', '4', '5'],
      undefined,
    ]);
  });

  it.each([
    ['an annotation', { annotations: [] }],
    ['an address', { localEndpoint: { serviceName: 'a', ipv4: '10.0.0.1' } }],
    ['a tag for the resource', { tags: { 'k8s.pod.name': 'a' } }],
    ['an error in words', { tags: { error: 'refused' } }],
  ])('can’t be read where it holds %s', (_, over) => {
    const [sent] = sentAs(span());
    expect(() => fromZipkin(Buffer.from(JSON.stringify([{ ...sent, ...over }])))).toThrow(
      /not modelled/,
    );
  });
});
