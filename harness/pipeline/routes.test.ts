import { describe, expect, it } from 'vitest';
import { graph } from './graphs.testing.ts';
import { loadPipeline } from './load.ts';
import { mostRoutes, type Route, unfoldRoutes } from './routes.ts';

const told = (routes: readonly Route[] | undefined) =>
  routes?.map(({ legs, backend, unclear }) =>
    [
      ...legs.map(({ tier, processors }) =>
        [tier.name, ...processors.map(({ id }) => id)].join('+'),
      ),
      backend,
      ...unclear.map(({ why }) => why),
    ].join(' > '),
  );

describe('the ways of a signal', () => {
  it('are as many as there are pipelines beside each other', () => {
    expect(told(unfoldRoutes(graph('archive'), 'traces'))).toEqual([
      'gateway+tail_sampling > tempo:4317',
      'gateway > archive:4317',
    ]);
  });

  it('have the connector that parts them as a guard', () => {
    expect(told(unfoldRoutes(graph('routed'), 'traces'))).toEqual([
      'gateway+routing > tempo-orders:4317',
      'gateway+routing > tempo-errors:4317',
      'gateway+routing > tempo-rest:4317',
    ]);
  });

  it('are one a level of a failover connector, each told where the others lead', () => {
    const routes = unfoldRoutes(graph('standby'), 'traces');
    expect(told(routes)).toEqual([
      'gateway+tail_sampling+failover > tempo:4317',
      'gateway+tail_sampling+failover > standby:4317',
    ]);
    const guards = routes?.map(({ legs }) => legs[0]?.processors.at(-1)?.config);
    const backends = [['tempo:4317'], ['standby:4317']];
    expect(guards).toMatchObject([
      { level: 0, backends },
      { level: 1, backends },
    ]);
  });

  it('go through every tier in turn', () => {
    expect(told(unfoldRoutes(graph('two-samplers'), 'traces'))).toEqual([
      'edge+tail_sampling > core+tail_sampling > tempo:4317',
    ]);
    expect(told(unfoldRoutes(graph('two-tier'), 'traces'))).toHaveLength(1);
    expect(unfoldRoutes(graph('archive'), 'logs')).toEqual([]);
  });

  it('are unclear where they come together again, and only those', () => {
    const merged = graph('routed', ['tempo-errors:4317', 'tempo-rest:4317']);
    expect(told(unfoldRoutes(merged, 'traces'))).toEqual([
      'gateway+routing > tempo-orders:4317',
      'gateway+routing > tempo-rest:4317 > several ways lead to tempo-rest:4317',
      'gateway+routing > tempo-rest:4317 > several ways lead to tempo-rest:4317',
    ]);
  });

  it('say which connector is not modelled', () => {
    const other = graph('routed', ['routing', 'roundrobin']);
    expect(unfoldRoutes(other, 'traces')?.[0]?.unclear[0]?.why).toBe(
      'connector roundrobin, which is not modelled',
    );
  });

  it('are not followed where there are too many', () => {
    const pipeline = graph('archive');
    const [tier] = pipeline.tiers;
    const all = tier?.pipelines ?? [];
    const more = Array.from({ length: mostRoutes }, () => all).flat();
    const tiers = [{ ...tier, pipelines: more }] as typeof pipeline.tiers;
    expect(unfoldRoutes({ ...pipeline, tiers }, 'traces')).toBeUndefined();
  });
});

describe('a way begins where data comes in', () => {
  const collector = (name: string, exporters: string, pipelines: string): string => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: ${name}, namespace: obs }
spec:
  config:
    receivers:
      otlp/grpc: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } }
      otlp/http: { protocols: { http: { endpoint: "0.0.0.0:4318" } } }
    exporters: { ${exporters} }
    service: { pipelines: { ${pipelines} } }
---`;
  const insecure = 'tls: { insecure: true }';
  const backends = `otlp/a: { endpoint: "tempo-a:4317", ${insecure} }, otlp/b: { endpoint: "tempo-b:4317", ${insecure} }`;
  const two =
    'traces/grpc: { receivers: [otlp/grpc], exporters: [otlp/a] }, traces/http: { receivers: [otlp/http], exporters: [otlp/b] }';
  const waysIn = (...collectors: readonly string[]) =>
    told(
      unfoldRoutes(loadPipeline('x', [{ path: 'x.yaml', text: collectors.join('') }]), 'traces'),
    );

  it('by the one receiver by which the load comes', () => {
    expect(waysIn(collector('gw', backends, two))).toEqual(['gw > tempo-a:4317']);
  });

  it('by the receiver that listens where the tier before sends to', () => {
    const sender = (exporter: string, endpoint: string): string =>
      collector(
        'agent',
        `${exporter}: { endpoint: "${endpoint}", ${insecure} }`,
        `traces: { receivers: [otlp/grpc], exporters: [${exporter}] }`,
      );
    const gateway = collector('gw', backends, two);
    const byHttp = sender('otlp_http', 'http://gw-collector:4318');
    expect(waysIn(byHttp, gateway)).toEqual(['agent > gw > tempo-b:4317']);
    expect(waysIn(sender('otlp', 'gw-collector:4317'), gateway)).toEqual([
      'agent > gw > tempo-a:4317',
    ]);
  });

  it('by what is called the same: two with equal settings are two', () => {
    const equal = collector('gw', backends, two).replace(
      '{ http: { endpoint: "0.0.0.0:4318" } }',
      '{ grpc: { endpoint: "0.0.0.0:4317" } }',
    );
    expect(waysIn(equal)).toEqual(['gw > tempo-a:4317']);
  });
});
