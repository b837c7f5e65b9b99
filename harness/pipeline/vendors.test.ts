import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';

/** A gateway that sends everything by one exporter, as vendors' documentation shows it. */
const gateway = (exporter: string) => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  mode: deployment
  image: otel/opentelemetry-collector-contrib:0.152.0
  env:
    - { name: KEY, valueFrom: { secretKeyRef: { name: vendor, key: api-key } } }
    - { name: TO, valueFrom: { secretKeyRef: { name: vendor, key: DT_ENDPOINT } } }
  config:
    receivers: { otlp: { protocols: { grpc: {} } } }
    exporters: { ${exporter} }
    service:
      pipelines:
        traces: { receivers: [otlp], exporters: [${exporter.split(':')[0]}] }
        logs: { receivers: [otlp], exporters: [${exporter.split(':')[0]}] }
`;

const key = `"\${env:KEY}"`;

describe('a vendor as its documentation has it', () => {
  it.each([
    [`otlp_http: { endpoint: "https://otlp.nr-data.net", headers: { api-key: ${key} } }`, 443],
    [`otlp: { endpoint: "otlp.eu01.nr-data.net:4317", headers: { api-key: ${key} } }`, 4317],
    [`otlp/hny: { endpoint: "api.honeycomb.io:443", headers: { x-honeycomb-team: ${key} } }`, 443],
    [`otlphttp: { endpoint: "https://otlp-gateway-prod-eu-west-0.grafana.net/otlp" }`, 443],
    [`otlp: { endpoint: "ingest.us.signoz.cloud:443", tls: { insecure: false } }`, 443],
    [`otlp/elastic: { endpoint: "https://x.apm.eu.cloud.es.io:443" }`, 443],
    [
      `otlphttp: { endpoint: "\${env:TO}", headers: { Authorization: "Api-Token \${env:KEY}" } }`,
      443,
    ],
  ])('speaks TLS, which its recorder ends: %s', (exporter, port) => {
    const { backends } = loadPipeline('x', [{ path: 'p.yaml', text: gateway(exporter) }]);
    expect(backends).toMatchObject([
      { kind: 'otlp', tls: true, port, signals: ['traces', 'logs'] },
    ]);
  });

  it.each([
    `datadog: { api: { site: datadoghq.eu, key: ${key} } }`,
    `coralogix: { domain: coralogix.com, private_key: ${key}, application_name: a }`,
    `kafka/eu: { brokers: ["kafka:9092"] }`,
    `azuremonitor: { connection_string: ${key} }`,
    `elasticsearch: { endpoints: ["https://es:9200"], password: ${key} }`,
    `awss3: { s3uploader: { region: eu-west-1, s3_bucket: archive } }`,
    `googlecloud: { project: p }`,
  ])('has an exporter of its own, for which OTLP stands: %s', (exporter) => {
    const { backends } = loadPipeline('x', [{ path: 'p.yaml', text: gateway(exporter) }]);
    const [id = ''] = exporter.split(':');
    const host = `${id.replace('/', '-')}.replaced.invalid`;
    expect(backends).toMatchObject([{ host, kind: 'otlp', tls: false }]);
  });
});

it('is no place outside that has the name of a Service in a namespace of the folder', () => {
  const ends = ['jaeger.obs', 'jaeger.more', 'jaeger.io'].map((host) => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: more }\n---';
    const text = namespace + gateway(`otlp: { endpoint: "${host}:4317" }`);
    return loadPipeline('x', [{ path: 'p.yaml', text }]).backends[0]?.tls;
  });
  expect(ends).toEqual([false, false, true]);
});
