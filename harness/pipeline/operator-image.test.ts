import { expect, it } from 'vitest';
import { loadPipeline } from './load.ts';

const collector = (image = '') => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw }
spec:
  ${image}
  config:
    receivers: { otlp: { protocols: { grpc: {} } } }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
`;
const operator = (told: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: opentelemetry-operator, namespace: system }
spec:
  selector: { matchLabels: { app: operator } }
  template:
    metadata: { labels: { app: operator } }
    spec: { containers: [{ name: manager, image: opentelemetry-operator:0.148.0, ${told} }] }
`;
const imageOf = (...documents: string[]) =>
  loadPipeline('x', [{ path: 'p.yaml', text: documents.join('---') }]).tiers[0]?.workload.image;

const own = 'otel/opentelemetry-collector-k8s:0.152.0';
const variable = `env: [{ name: RELATED_IMAGE_COLLECTOR, value: "${own}" }]`;

it.each([
  ['its flag', `args: [--enable-leader-election, --collector-image=${own}]`],
  ['its flag in two words', `command: [/manager, --collector-image, "${own}"]`],
  ['its environment', variable],
  [
    'its flag before its environment',
    `args: [--collector-image=${own}], ${variable.replace('k8s', 'core')}`,
  ],
])('is what the operator of the folder is told by %s', (_, told) => {
  expect(imageOf(collector(), operator(told))).toBe(own);
  expect(imageOf(operator(told), collector('image: other/otelcol:1'))).toBe('other/otelcol:1');
});

it('is that of the released operator otherwise', () => {
  expect(imageOf(collector(), operator('args: [--collector-image=]'))).toMatch(
    /opentelemetry-collector:0\.148\.0$/,
  );
});
