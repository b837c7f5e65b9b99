import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { parseYaml } from '../lib/yaml.ts';
import { gatewayResource, gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';
import { at, object } from './read.ts';

const contrib = 'otel/opentelemetry-collector-contrib:0.152.0';
const load = (text: string) => loadPipeline('x', [{ path: 'p.yaml', text }]);

/** The configuration that the only tier's collector is started with. */
function startedWith(text: string): unknown {
  const files = load(text).tiers[0]?.workload.volumes.flatMap(({ source }) =>
    'files' in source ? Object.values(source.files) : [],
  );
  return parseYaml('', files?.[0] ?? '').documents[0]?.value;
}

describe('service.telemetry.metrics.address', () => {
  const config = (metrics: string): string =>
    indented(`
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
service:
  telemetry: { metrics: ${metrics} }
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp] }
`);
  const metricsOf = (text: string) => object(at(startedWith(text), 'service', 'telemetry')).metrics;
  const reader = (host: string, port: number | string) => ({
    pull: {
      exporter: {
        prometheus: {
          host,
          port,
          without_scope_info: true,
          without_type_suffix: true,
          without_units: true,
        },
      },
    },
  });

  it.each([
    ['0.0.0.0:8888', '0.0.0.0', 8888],
    [':8988', '0.0.0.0', 8988],
    ['[::]:8888', '0.0.0.0', 8888],
    ['localhost:8889', 'localhost', 8889],
    [`\${env:MY_POD_IP}:8888`, `\${env:MY_POD_IP}`, 8888],
    [`0.0.0.0:\${PORT}`, '0.0.0.0', `\${PORT}`],
  ])('%s is a reader, written by hand or for the operator', (address, host, port) => {
    const written = config(`{ level: detailed, address: "${address}" }`);
    for (const text of [gatewayWorkload(written), gatewayResource(written, contrib)]) {
      expect(metricsOf(text)).toEqual({ level: 'detailed', readers: [reader(host, port)] });
      expect(load(text).notes).toContain(
        `service.telemetry.metrics.address "${address}" is one of service.telemetry.metrics.readers here, as the collector that runs it knows it`,
      );
    }
  });

  it('stands beside the readers that there are', () => {
    const own = { periodic: { exporter: { console: {} } } };
    const text = gatewayWorkload(
      config(`{ readers: ${JSON.stringify([own])}, address: "0.0.0.0:8888" }`),
    );
    expect(metricsOf(text)).toEqual({ readers: [own, reader('0.0.0.0', 8888)] });
  });

  it('that is empty is left out', () => {
    expect(metricsOf(gatewayWorkload(config('{ level: none, address: "" }')))).toEqual({
      level: 'none',
    });
  });

  it.each([`\${env:ADDRESS}`, '8888', '[fe80::1]:8888', '0.0.0.0:http'])(
    'that tells no port is refused at its place: %s',
    (address) => {
      const text = gatewayWorkload(config(`{ address: "${address}" }`));
      expect(mistakesIn(() => load(text))[0]).toMatch(
        /^p\.yaml:\d+:\d+ address: found .*, expected host:port, to make a reader of it$/,
      );
    },
  );
});
