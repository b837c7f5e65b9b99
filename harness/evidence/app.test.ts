import { describe, expect, it } from 'vitest';
import { readServed } from './app.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('what programs of the application say', () => {
  it('is which order a service serves, with what context it came, and in which span', () => {
    const own = { traceId: 'aa', spanId: 'bb', sampled: true };
    const line = { time: 5, service: 'payment', order: 'o-7', came: { traceparent }, ...own };
    expect(readServed(JSON.stringify(line))).toEqual([
      { by: 'payment', order: 'o-7', atMs: 5, came: { traceparent }, own },
    ]);
  });

  it('is with what context a proxy was asked, by its access log', () => {
    const line = {
      level: 'info',
      ts: 1.5,
      logger: 'http.log.access',
      request: {
        host: '10.244.100.1:8081',
        uri: '/orders/o-7?fails=payment',
        headers: { Traceparent: [traceparent], B3: ['x-y-1'], Accept: ['*/*'] },
      },
    };
    expect(readServed(JSON.stringify(line))).toEqual([
      {
        by: 'payment-proxy',
        order: 'o-7',
        atMs: 1_500,
        came: { traceparent, b3: 'x-y-1' },
        own: undefined,
      },
    ]);
  });

  it.each([
    'text',
    '{ cut off',
    '{}',
    '{"level":"info","msg":"serving initial configuration"}',
    '{"request":{"host":"10.0.0.1:8080","uri":"/healthz","headers":{}}}',
    '{"request":{"host":"10.0.0.1:9999","uri":"/orders/o-1","headers":{}}}',
    '{"service":"payment"}',
  ])('is nothing in %s', (line) => {
    expect(readServed(line)).toEqual([]);
  });
});
