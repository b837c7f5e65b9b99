import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { loadPipeline } from './load.ts';

const bare = `receivers:
  otlp: { protocols: { grpc: {} } }
processors:
  batch: { timeout: 1s }

  resource_detection: { timeout: never }
exporters:
  load_balancing/a: { protocol: { otlp: {} }, resolver: { k8s: { service: one } } }
  otlp: { endpoint: "tempo:4317", tls: { insecure: true } }

  load_balancing/b:
    protocol: { otlp: {} }
    resolver:
      k8s: { service: two }
service:
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch, resource_detection]
      exporters:
        - load_balancing/a
        - load_balancing/b
        - otpl
`;
const indented = bare.replaceAll(/^(?=.)/gm, '    ');
const collector = `apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw }
spec:
  config:
${indented}`;
const raw = `apiVersion: apps/v1
kind: Deployment
metadata: { name: gw }
spec:
  selector: { matchLabels: { app: gw } }
  template:
    metadata: { labels: { app: gw } }
    spec:
      volumes: [{ name: c, configMap: { name: c } }]
      containers:
        - name: otc
          image: otel/opentelemetry-collector-contrib:0.155.0
          args: [--config=/conf/c.yaml]
          volumeMounts: [{ name: c, mountPath: /conf }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: c }
data:
  c.yaml: |
${indented}`;

const mistakesOf = (text: string, edits: Parameters<typeof loadPipeline>[2] = []) =>
  mistakesIn(() => loadPipeline('x', [{ path: 'x.yaml', text }], edits));

describe('what is called by an older name', () => {
  it.each([
    ['a bare configuration', bare, 0],
    ['an OpenTelemetryCollector', collector, 5],
    ['a ConfigMap', raw, 20],
  ])('keeps its place and its name in mistakes: %s', (_, text, before) => {
    const at = (line: number): string => `x\\.yaml:${line + before}:\\d+`;
    const mistakes = mistakesOf(text);
    expect(mistakes).toHaveLength(3);
    expect(mistakes[0]).toMatch(new RegExp(`^${at(8)} exporter "load_balancing/a" .*"one"`));
    expect(mistakes[1]).toMatch(new RegExp(`^${at(14)} exporter "load_balancing/b" .*"two"`));
    expect(mistakes[2]).toMatch(
      new RegExp(`^${at(23)} .*names exporter "otpl".* known: .*load_balancing/b.*"otlp"`),
    );
    expect(mistakes.join('\n')).not.toMatch(/set by|loadbalancing/);
  });

  it('is told to be set by whoever set it', () => {
    const edit = {
      resource: 'OpenTelemetryCollector/gw',
      path: 'spec.config.exporters["load_balancing/b"].resolver.k8s.service',
      value: 'three',
      origin: '--set x',
    };
    expect(mistakesOf(collector, [edit])[1]).toMatch(
      /^x\.yaml:19:\d+ exporter "load_balancing\/b" .*"three".* \(set by --set x\)/,
    );
  });
});
