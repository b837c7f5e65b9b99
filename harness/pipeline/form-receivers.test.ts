import { expect, it } from 'vitest';
import { formReceiver } from './form-receivers.ts';
import type { Component } from './types.ts';

const receiver = (type: string, config: Component['config'], kind = 'receivers') =>
  formReceiver({ kind, id: type, type, config, place: {} } as unknown as Component)?.form;

it('a receiver that is reached from other pods takes spans in its form', () => {
  expect(receiver('zipkin', { endpoint: '0.0.0.0:9411' })).toBe('zipkin');
  const protocols = {
    grpc: { endpoint: '0.0.0.0:14250' },
    thrift_http: { endpoint: 'localhost:14268' },
  };
  expect(receiver('jaeger', { protocols })).toBe('jaegerProto');
});

it.each<[string, Component['config'], string?]>([
  ['zipkin', {}],
  ['zipkin', { endpoint: '127.0.0.1:9411' }],
  ['jaeger', { protocols: { grpc: null, thrift_http: {} } }],
  ['jaeger', {}],
  ['otlp', { protocols: { grpc: { endpoint: '0.0.0.0:4317' } } }],
  ['zipkin', { endpoint: 'http://zipkin:9411/api/v2/spans' }, 'exporters'],
])('%s with %j takes none', (type, config, kind) => {
  expect(receiver(type, config, kind)).toBeUndefined();
});
