import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const config = indented(`
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
`);
const load = (text: string) => loadPipeline('x', [{ path: 'p.yaml', text }]);
const called = (words: string) =>
  gatewayWorkload(config).replace('args: [--config=/conf/c.yaml]', words);

describe('an argument that the collector does not know', () => {
  const mistakesOf = (words: string) => mistakesIn(() => load(called(words)));

  it('is told where it stands', () => {
    expect(mistakesOf(`args: [--config=/conf/c.yaml, "\${OTELCOL_ARGS}"]`)[0]).toMatch(
      /^p\.yaml:\d+:\d+ argument "\$\{OTELCOL_ARGS\}" is no flag: the collector takes it for a command.*Hint: Kubernetes fills in \$\(NAME\) alone/,
    );
    expect(mistakesOf('args: [--config=/conf/c.yaml, --verbose]')[0]).toMatch(
      /argument "--verbose" is no flag of the collector's/,
    );
  });

  it.each([
    'args: [--config, /conf/c.yaml, --set, processors.batch.timeout=2s]',
    'args: [--config=/conf/c.yaml, "$(MORE)"]',
    'command: [/otelcol-contrib], args: [--config=/conf/c.yaml, ""]'.replace(
      ', args',
      '\n          args',
    ),
  ])('may be none: %s', (words) => {
    expect(load(called(words)).tiers).toHaveLength(1);
  });

  it('is a vendor’s own affair', () => {
    const splunk = called('args: [--config=/conf/c.yaml, --discovery]').replace(
      'otel/opentelemetry-collector-contrib:0.152.0',
      'quay.io/signalfx/splunk-otel-collector:0.100.0',
    );
    expect(load(splunk).tiers).toHaveLength(1);
  });
});
