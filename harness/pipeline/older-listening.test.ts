import { describe, expect, it } from 'vitest';
import { entryOf } from './entry.ts';
import { gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const config = (receivers: string): string =>
  indented(`
receivers: ${receivers}
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
extensions: { health_check: }
service:
  extensions: [health_check]
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp] }
`);
const gateway = (image: string, receivers = '{ otlp: { protocols: { grpc:, http: } } }') =>
  gatewayWorkload(config(receivers)).replace('otel/opentelemetry-collector-contrib:0.152.0', image);
const load = (text: string) => loadPipeline('x', [{ path: 'p.yaml', text }]);
const receiverOf = (text: string, id = 'otlp') =>
  load(text).tiers[0]?.components.find((one) => one.id === id)?.config;

const open = {
  protocols: { grpc: { endpoint: '0.0.0.0:4317' }, http: { endpoint: '0.0.0.0:4318' } },
};

describe('a receiver without an endpoint', () => {
  it.each([
    'otel/opentelemetry-collector-contrib:0.51.0',
    'otel/opentelemetry-collector:0.103.1',
    'ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s:v0.93.0',
    'mirror.example:5000/otel/opentelemetry-collector-contrib:0.75.0@sha256:abc',
  ])('listens on all addresses as the collector of its image did: %s', (image) => {
    const text = gateway(image);
    expect(receiverOf(text)).toEqual(open);
    const { notes, tiers } = load(text);
    expect(notes).toContain(
      `ConfigMap/gw: otlp listens on 0.0.0.0:4317 and 0.0.0.0:4318, where ${image} does by itself; later collectors listen on localhost`,
    );
    expect(tiers[0]?.health).toEqual({ port: 13133, path: '/' });
  });

  it.each([
    'otel/opentelemetry-collector-contrib:0.104.0',
    'otel/opentelemetry-collector-contrib:latest',
    'otel/opentelemetry-collector-contrib',
    'mine/otelcol-custom:0.51.0',
  ])('listens for its own pod where that of its image does, or nobody knows: %s', (image) => {
    const text = gateway(image);
    expect(receiverOf(text)).toEqual({ protocols: { grpc: null, http: null } });
    expect(load(text).notes.join('\n')).not.toMatch(/later collectors listen/);
  });

  it('listens on all where the gate of 0.104 is closed', () => {
    const gate = ', --feature-gates=-component.UseLocalHostAsDefaultHost]';
    const text = gateway('otel/opentelemetry-collector:0.104.0').replace(
      'c.yaml]',
      `c.yaml${gate}`,
    );
    expect(receiverOf(text)).toEqual(open);
  });

  it('keeps the endpoints that are written', () => {
    const written = '{ otlp: { protocols: { grpc: { endpoint: "localhost:4317" } } } }';
    expect(receiverOf(gateway('otel/opentelemetry-collector:0.75.0', written))).toEqual({
      protocols: { grpc: { endpoint: 'localhost:4317' } },
    });
  });

  it('of zipkin and jaeger is opened as well, of another type left', () => {
    const written =
      '{ otlp: { protocols: { grpc: } }, zipkin: , jaeger: { protocols: { grpc: } }, statsd: }';
    const text = gateway('otel/opentelemetry-collector-contrib:0.75.0', written);
    expect(receiverOf(text, 'zipkin')).toEqual({ endpoint: '0.0.0.0:9411' });
    expect(receiverOf(text, 'jaeger')).toEqual({
      protocols: { grpc: { endpoint: '0.0.0.0:14250' } },
    });
    expect(load(text).notes.join('\n')).not.toMatch(/statsd listens/);
  });
});

it('enters by the protocol that other pods reach', () => {
  const written = '{ otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: } } }';
  const text = gateway('otel/opentelemetry-collector-contrib:0.152.0', written);
  expect(entryOf(load(text))).toMatchObject({ protocol: 'grpc', port: 4317 });
});

it('has its places in the file, and nobody else set what is written', () => {
  const image = 'otel/opentelemetry-collector:0.90.0';
  const text = gateway(image, '{ otlp: { protocols: { grpc: { keepalive: 3 }, http: } } }');
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('keepalive'));
  const otlp = load(text).tiers[0]?.components.find(({ id }) => id === 'otlp');
  expect(otlp?.placeOf?.(['protocols', 'grpc', 'keepalive'])).toEqual({
    file: 'p.yaml',
    line: line + 1,
    column: (lines[line] ?? '').indexOf('3 }') + 1,
  });
});
