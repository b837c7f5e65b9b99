import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';

const config = (exporters: string, used: string) => `
    receivers: { otlp: { protocols: { grpc: { endpoint: 0.0.0.0:4317 } } }, k8s_cluster: {} }
    exporters: { ${exporters} }
    extensions: { zpages: {} }
    service: { extensions: [zpages], pipelines: { traces: { receivers: [otlp], exporters: [${used}] } } }`;
const own = config(
  'otlp: { endpoint: "jaeger:4317", tls: { insecure: true } }, datadog: {}',
  'otlp',
);
const other = config('jaeger_storage_exporter: {}, awsxray: {}', 'jaeger_storage_exporter');
const map = (name: string, text: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data:
  c.yaml: |${text}
`;
const workload = (name: string, image: string, more: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      volumes: [{ name: c, configMap: { name: ${name} } }]
      containers:
        - name: one
          image: ${image}
          ${more}
`;
const mounted = 'args: [--config=/c/c.yaml]\n          volumeMounts: [{ name: c, mountPath: /c }]';
const collector = workload('gw', 'otel/opentelemetry-collector-contrib:0.152.0', mounted);
const load = (...documents: string[]) =>
  loadPipeline('x', [{ path: 'x.yaml', text: documents.join('---') }]);
const textOf = (name: string, ...documents: string[]) =>
  load(...documents).resources.find((one) => one.kind === 'ConfigMap' && one.name === name)?.value
    .data;

describe('a configuration', () => {
  const unmounted = workload('jaeger', 'shop:1', '').replace(
    'configMap: { name: jaeger }',
    'emptyDir: {}',
  );
  it.each([
    ['of Jaeger', workload('jaeger', 'jaegertracing/jaeger:2.10.0', mounted)],
    ['of nobody', unmounted],
    [
      'of none of several',
      workload('jaeger', 'shop:1', `${mounted}\n        - { name: two, image: a }`),
    ],
  ])('%s stays as it is, and nothing is said of it', (_, jaeger) => {
    const all = [map('gw', own), collector, map('jaeger', other), jaeger];
    const { notes } = load(...all);
    expect(notes.filter((note) => /jaeger_storage|awsxray|ConfigMap\/jaeger/.test(note))).toEqual(
      [],
    );
    expect(JSON.stringify(textOf('jaeger', ...all))).toContain('jaeger_storage_exporter: {}');
  });

  it('that runs is made such as the program knows; what no pipeline names is not told', () => {
    const all = [map('gw', own), collector];
    const { notes } = load(...all);
    expect(notes.filter((note) => note.includes('is left out'))).toEqual([
      expect.stringContaining('ConfigMap/gw: receiver "k8s_cluster"'),
      expect.stringContaining('ConfigMap/gw: extension "zpages"'),
    ]);
    expect(notes.join('\n')).not.toMatch(/datadog/);
    expect(JSON.stringify(textOf('gw', ...all))).toContain('otlp_http/datadog');
  });

  it.each([
    ['env: [{ name: CONF, valueFrom: { configMapKeyRef: { name: gw, key: c.yaml } } }]', 'CONF'],
    ['envFrom: [{ configMapRef: { name: gw } }]', 'c.yaml'],
  ])('may run by way of a variable: %s', (environment, name) => {
    const called = `args: ["--config=env:${name}"]\n          ${environment}`;
    const { notes } = load(map('gw', own), collector.replace(mounted, called));
    expect(notes.join('\n')).toContain('ConfigMap/gw: receiver "k8s_cluster" is left out');
  });
});
