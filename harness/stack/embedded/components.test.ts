import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../pipeline/load.ts';
import { checkComponents } from './components.ts';

const text = `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: agent }
spec:
  mode: daemonset
  config:
    receivers: { otlp: { protocols: { http: {} } } }
    processors: { acme_limitr: {} }
    exporters: { otlp: { endpoint: tempo:4317, tls: { insecure: true } } }
    service:
      pipelines:
        traces: { receivers: [otlp], processors: [acme_limitr], exporters: [otlp] }
`;
const pipeline = loadPipeline('p', [{ path: 'p.yaml', text }]);
const known = {
  receivers: ['otlp'],
  processors: ['acme_limiter', 'batch'],
  exporters: ['otlp_grpc'],
  connectors: [],
  extensions: [],
};

describe('checkComponents', () => {
  it('names what the binary lacks with its place and the nearest known', () => {
    expect(() => checkComponents(pipeline, known, '0.152.0')).toThrow(
      /p\.yaml:9:\d+ processor "acme_limitr" is not in the collector.*known: acme_limiter, batch.*did you mean "acme_limiter"/,
    );
  });

  it('takes deprecated names for what they are called now', () => {
    const processors = ['acme_limitr'];
    expect(() => checkComponents(pipeline, { ...known, processors }, '0.152.0')).not.toThrow();
  });
});
