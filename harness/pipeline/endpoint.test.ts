import { describe, expect, it } from 'vitest';
import { endpointOf } from './endpoint.ts';

const none = (): undefined => undefined;
const place = { file: 'p.yaml', line: 1, column: 1 };

describe('where an exporter sends to', () => {
  // Over gRPC as collector v0.152.0 was seen to do.
  it.each<[string, string, object | undefined, boolean]>([
    ['otlp_grpc', 'tempo:4317', undefined, true],
    ['otlp_grpc', 'tempo:4317', { insecure: true }, false],
    ['otlp_grpc', 'http://tempo:4317', undefined, true],
    ['otlp_grpc', 'http://tempo:4317', { insecure: true }, false],
    ['otlp_grpc', 'https://tempo:4317', { insecure: true }, true],
    ['otlp_http', 'http://tempo:4317', undefined, false],
    ['otlp_http', 'https://tempo:4317', { insecure: true }, true],
    ['prometheusremotewrite', 'https://tempo:4317/api/v1/write', undefined, true],
  ])('%s to %s with tls %o: TLS is %s', (type, endpoint, tls, expected) => {
    const exporter = {
      kind: 'exporters',
      id: type,
      type,
      config: { endpoint, tls },
      place,
    } as const;
    expect(endpointOf(exporter, 'traces', none)).toMatchObject({
      host: 'tempo',
      port: 4317,
      tls: expected,
    });
  });

  it.each([
    ['https://v.example', 443],
    ['http://v.example', 80],
    ['https://v.example:4318/otlp', 4318],
  ])('has the port of its scheme: %s', (endpoint, port) => {
    const config = { endpoint };
    const exporter = { kind: 'exporters', id: 'o', type: 'otlp_http', config, place } as const;
    expect(endpointOf(exporter, 'logs', none)?.port).toBe(port);
  });

  it.each([
    ['$DT_ENDPOINT/api', /endpoint "\$DT_ENDPOINT\/api" is not understood.*in braces/],
    ['[::1]:4317', /is not understood.*write the name/],
    ['10.0.0.1:4317', /is an address/],
    ['', /exporter "o" has no endpoint: the collector would not start/],
    [undefined, /exporter "o" has no endpoint/],
  ])('tells what is wrong with %s', (endpoint, said) => {
    const told: string[] = [];
    const config = { endpoint };
    const exporter = { kind: 'exporters', id: 'o', type: 'otlp_grpc', config, place } as const;
    const end = endpointOf(exporter, 'traces', (...words) => {
      told.push(words.join(' '));
    });
    expect(end).toBeUndefined();
    expect(told).toEqual([expect.stringMatching(said)]);
  });
});
