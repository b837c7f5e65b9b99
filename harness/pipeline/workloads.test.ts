import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';

const raw = `apiVersion: v1
kind: ConfigMap
metadata: { name: gw }
data:
  c.yaml: |
    receivers: { otlp: { protocols: { http: { endpoint: 0.0.0.0:4318 } } } }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw }
spec:
  selector:
    matchExpressions: [{ key: app, operator: In, values: [gw, other] }]
  template:
    metadata: { labels: { app: gw } }
    spec:
      containers:
        - name: otc
          image: otel/opentelemetry-collector-contrib:0.152.0
          args: ["--config=/conf/c.yaml"]
          volumeMounts:
            - { name: c, mountPath: /conf }
            - { name: t, mountPath: /tmp }
      volumes:
        - { name: c, configMap: { name: gw } }
        - { name: t, emptyDir: {} }
`;
const load = (from: string, to: string) => () => {
  expect(raw).toContain(from);
  return loadPipeline('raw', [{ path: 'raw.yaml', text: raw.replace(from, () => to) }]);
};
const operator = 'operator: In, values: [gw, other]';

describe('what Kubernetes refuses of a pod as a whole', () => {
  it.each<[string, string, RegExp]>([
    ['t, mountPath', 'tt, mountPath', /^raw\.yaml:25:23 name: found "tt", expected a volume/],
    [
      'mountPath: /tmp',
      'mountPath: /conf',
      /^raw\.yaml:25:37 mountPath: .* no mount before it has$/,
    ],
    ['{ name: t, emptyDir', '{ name: c, emptyDir', /28:19 name: found "c", .* no volume before/],
    [operator, 'operator: Is, values: [gw]', /^raw\.yaml:15:46 operator: found "Is"/],
    [operator, 'operator: In', /values: found null, expected a list of values/],
    [operator, 'operator: Exists, values: [gw]', /expected none with the operator Exists/],
    [
      operator,
      'operator: In, values: [other]',
      /^raw\.yaml:15:24 the selector does not choose.*gw$/,
    ],
    [
      operator,
      'operator: NotIn, values: [gw]',
      /does not choose the template's pods: its app is gw$/,
    ],
    [operator, 'operator: DoesNotExist', /does not choose the template's pods: its app is gw$/],
    [
      'key: app, operator',
      'key: ap, operator',
      /does not choose the template's pods: it has no ap$/,
    ],
  ])('%s as %s', (from, to, expected) => {
    expect(load(from, to)).toThrow(expected);
  });

  it.each([
    [operator, operator],
    [operator, 'operator: Exists'],
    [operator, 'operator: NotIn, values: [other]'],
    ['key: app, operator: In, values: [gw, other]', 'key: x, operator: DoesNotExist'],
    ['mountPath: /tmp', 'mountPath: /conf/more'],
  ])('but not %s as %s', (from, to) => {
    expect(load(from, to)).not.toThrow();
  });
});
