import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { loadPipeline } from './load.ts';

const contrib = 'otel/opentelemetry-collector-contrib:0.152.0';
const raw = (call: string, volume = 'configMap: { name: c }', image = contrib) => `apiVersion: v1
kind: ConfigMap
metadata: { name: c }
data:
  c.yaml: |
    receivers: { otlp: { protocols: { grpc: { endpoint: 0.0.0.0:4317 } } } }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw }
spec:
  selector: { matchLabels: { app: gw } }
  template:
    metadata: { labels: { app: gw } }
    spec:
      containers:
        - { name: app, image: "shop:1" }
        - { name: c, image: "${image}", volumeMounts: [{ name: c, mountPath: /conf }], ${call} }
      volumes: [{ name: c, ${volume} }]
`;
const mistakesOf = (...parts: Parameters<typeof raw>) =>
  mistakesIn(() => loadPipeline('x', [{ path: 'x.yaml', text: raw(...parts) }]));
const absent = 'Deployment "gw" runs a collector whose configuration is not in the folder';

describe('a collector whose configuration is not found', () => {
  it.each([
    [
      'whose command is an argument is not called at all',
      ['command: ["--config=/conf/c.yaml"]'],
      /^x\.yaml:20:134 command "--config=\/conf\/c\.yaml" of Deployment "gw" is no program, and Kubernetes starts it in place of the image's own\. Hint: put it into args$/,
    ],
    [
      'nor is it by further arguments',
      ['command: ["--feature-gates=a"], args: ["--config=/conf/c.yaml"]'],
      /^x\.yaml:20:134 command "--feature-gates=a" of Deployment "gw" is no program/,
    ],
    [
      'without arguments reads its image’s own, and is told of the one that is mounted',
      ['ports: []'],
      new RegExp(
        `^x.yaml:20:11 ${absent}: .* holds /etc/otelcol-contrib/config.yaml. Hint: nothing names a configuration, so that its image's own is read: add --config=/conf/c.yaml to args$`,
      ),
    ],
    [
      'with other arguments has none',
      ['args: ["--feature-gates=a"]'],
      /^x\.yaml:20:11 Deployment "gw" calls a collector without --config: it ends at once\. Hint: add --config=\/conf\/c\.yaml to args$/,
    ],
    [
      'without arguments has none where its image has none',
      ['ports: []', 'configMap: { name: c }', 'otel/opentelemetry-collector-k8s:0.152.0'],
      /without --config: it ends at once/,
    ],
    [
      'may have it in a volume that something in a cluster fills',
      ['args: ["--config=/conf/c.yaml"]', 'emptyDir: {}'],
      new RegExp(`^x.yaml:20:11 ${absent}: .*c.yaml. Hint: volume "c" is mounted there`),
    ],
    [
      'is told of a slip',
      ['args: ["--config=/conf/s.yaml"]'],
      new RegExp(`${absent}: .*s.yaml; known: /conf/c.yaml. Hint: did you mean "/conf/c.yaml"`),
    ],
  ] as [string, Parameters<typeof raw>, RegExp][])('%s', (_, parts, said) => {
    const [mistake, ...more] = mistakesOf(...parts);
    expect(mistake).toMatch(said);
    expect(more).toEqual([]);
  });

  it('of a build of one’s own may have arguments beside those of the image', () => {
    const mount = raw('args: ["--feature-gates=a"]', undefined, 'corp/otelcol:1');
    const text = mount.replace(
      'mountPath: /conf',
      'mountPath: /etc/otelcol-contrib/config.yaml, subPath: c.yaml',
    );
    expect(loadPipeline('x', [{ path: 'x.yaml', text }]).tiers).toHaveLength(1);
  });
});
