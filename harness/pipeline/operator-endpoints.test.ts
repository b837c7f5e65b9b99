import { expect, it } from 'vitest';
import { withEndpoints } from './operator-endpoints.ts';

it.each([
  ['otlp', { protocols: { grpc: null, http: {} } }, { grpc: 4317, http: 4318 }],
  ['jaeger/a', { protocols: { grpc: {}, thrift_http: null } }, { grpc: 14250, thrift_http: 14268 }],
])('%s listens on all addresses at the ports of its protocols', (id, settings, expected) => {
  const protocols = Object.fromEntries(
    Object.entries(expected).map(([name, port]) => [name, { endpoint: `0.0.0.0:${port}` }]),
  );
  expect(withEndpoints(id, settings)).toEqual({ protocols });
});

it('one without protocols listens at its own port', () => {
  expect(withEndpoints('zipkin', null)).toEqual({ endpoint: '0.0.0.0:9411' });
  expect(withEndpoints('hostmetrics', { scrapers: {} })).toEqual({ scrapers: {} });
});

it('what is written stays, but for a port alone', () => {
  const of = (endpoint: string) => withEndpoints('zipkin', { endpoint, tls: { cert_file: 'a' } });
  const seen = (endpoint: string) => ({ endpoint, tls: { cert_file: 'a' } });
  expect(of('localhost:9412')).toEqual(seen('localhost:9412'));
  expect(of(`\${env:MY_POD_IP}:9411`)).toEqual(seen(`\${env:MY_POD_IP}:9411`));
  expect(of(':9412')).toEqual(seen('0.0.0.0:9412'));
  expect(of('9412')).toEqual(seen('0.0.0.0:9412'));
});

it('what is no mapping is left to whoever reads it', () => {
  expect(withEndpoints('otlp', { protocols: 'grpc' })).toEqual({ protocols: 'grpc' });
  expect(withEndpoints('otlp', { protocols: { grpc: 'on' } })).toEqual({
    protocols: { grpc: 'on' },
  });
});
