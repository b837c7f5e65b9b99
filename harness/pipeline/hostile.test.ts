import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';

/** A folder that is right; each way out changes one thing of it. */
const raw = `apiVersion: v1
kind: ConfigMap
metadata: { name: gw, namespace: obs }
data:
  c.yaml: |
    receivers: { otlp: { protocols: { http: { endpoint: 0.0.0.0:4318 } } } }
    processors:
      batch: {}
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service:
      pipelines:
        traces: { receivers: [otlp], processors: [batch], exporters: [otlp] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw, namespace: obs, labels: { a: b } }
spec:
  selector: { matchLabels: { app: gw } }
  template:
    metadata: { labels: { app: gw }, annotations: { note: x } }
    spec:
      serviceAccountName: default
      containers:
        - name: otc
          image: otel/opentelemetry-collector-contrib:0.152.0
          args: ["--config=/conf/c.yaml"]
          env: [{ name: SAFE, value: "1" }]
          ports: [{ name: otlp, containerPort: 4318 }]
          volumeMounts: [{ name: c, mountPath: /conf }, { name: h, mountPath: /host }]
      volumes: [{ name: c, configMap: { name: gw } }, { name: h, hostPath: { path: /var/log } }]
---
apiVersion: v1
kind: Service
metadata: { name: gw, namespace: obs }
spec: { selector: { app: gw }, ports: [{ name: otlp, port: 4318, targetPort: otlp }] }
`;
const load = (text: string) => loadPipeline('raw', [{ path: 'raw.yaml', text }]);
const changed = (from: string, to: string): string => {
  expect(raw).toContain(from);
  return raw.replace(from, to);
};

it('the folder itself is right', () => {
  expect(load(raw).tiers.map(({ name }) => name)).toEqual(['gw']);
});

const deployment = 'kind: Deployment\nmetadata: { name: gw,';
const named = (name: string): [string, string] => [
  deployment,
  `kind: Deployment\nmetadata: { name: ${name},`,
];
const container = '        - name: otc';
const secondMount = 'mountPath: /host';

describe('a way out is refused where it stands', () => {
  it.each<[string, [string, string], RegExp]>([
    ['a line in a name', named('"gw\\nnetns add x"'), /^raw\.yaml:16:19 name: /],
    ['a command in a name', named('"gw; reboot"'), /:16:19 name: /],
    ['a substitution in a name', named('"$(reboot)"'), /:16:19 name: /],
    ['a step up as name', named('".."'), /:16:19 name: /],
    ['an option as name', named('"-all"'), /:16:19 name: /],
    ['a name as long as a file has none', named('a'.repeat(64)), /:16:19 name: /],
    [
      'a namespace that steps up',
      ['gw, namespace: obs, labels', 'gw, namespace: ../x, labels'],
      /namespace: found/,
    ],
    ['a line in a label', ['{ a: b }', '{ a: "b\\nc" }'], /:16:\d+ a: /],
    ['a line in a label’s key', ['{ a: b }', '{ "a\\nb": c }'], /a key of/],
    [
      'a label of a pod',
      ['labels: { app: gw }, annotations', 'labels: { app: gw, x: "a b" }, annotations'],
      /x: found "a b"/,
    ],
    ['an annotation’s key', ['{ note: x }', '{ "a b": x }'], /a key of/],
    [
      'a selector',
      ['matchLabels: { app: gw }', 'matchLabels: { app: "gw;x" }'],
      /app: found "gw;x"/,
    ],
    ['a key with a step up', ['  c.yaml: |', '  ../c.yaml: |'], /a key of/],
    ['a key with a folder', ['  c.yaml: |', '  a/c.yaml: |'], /a key of/],
    ['a key that is a step up', ['data:\n', 'data:\n  "..": x\n'], /a key of/],
    ['a mount over the root', [secondMount, 'mountPath: /'], /mountPath: found "\/"/],
    ['a mount over /proc', [secondMount, 'mountPath: /proc/sys'], /mountPath: found/],
    ['a mount over /dev', [secondMount, 'mountPath: //dev/'], /mountPath: found/],
    ['a mount over the start', [secondMount, 'mountPath: /./.start'], /mountPath: found/],
    ['a mount that steps up', [secondMount, 'mountPath: /host/../../x'], /mountPath: found/],
    ['a mount with a line', [secondMount, 'mountPath: "/host\\n/x"'], /mountPath: found/],
    ['a mount without a root', [secondMount, 'mountPath: host'], /mountPath: found/],
    [
      'a subPath that steps up',
      [secondMount, `subPath: a/../../b, ${secondMount}`],
      /subPath: found/,
    ],
    ['a subPath from the root', [secondMount, `subPath: /etc, ${secondMount}`], /subPath: found/],
    ['a hostPath that steps up', ['path: /var/log', 'path: /var/../../etc'], /path: found/],
    [
      'a claim that steps up',
      ['hostPath: { path: /var/log }', 'persistentVolumeClaim: { claimName: ../x }'],
      /claimName: found/,
    ],
    ['a volume’s name', ['{ name: h, hostPath', '{ name: ../h, hostPath'], /name: found "\.\.\/h"/],
    [
      'an item’s path',
      [
        'configMap: { name: gw }',
        'configMap: { name: gw, items: [{ key: c.yaml, path: /etc/x }] }',
      ],
      /path: found/,
    ],
    ['a variable’s name with "="', ['name: SAFE', 'name: "A=B"'], /name: found "A=B"/],
    ['a variable’s name with a line', ['name: SAFE', 'name: "A\\nB"'], /name: found/],
    ['a variable with an end mark', ['value: "1"', 'value: "a\\0b"'], /value: found/],
    [
      'a variable of a megabyte',
      ['value: "1"', `value: "${'a'.repeat(1_000_000)}"`],
      /value: found "a{100,}…/,
    ],
    ['a variable that is no text', ['value: "1"', 'value: 1'], /value: found 1/],
    [
      'a field that there is not',
      ['value: "1"', 'valueFrom: { fieldRef: { fieldPath: spec.x } }'],
      /fieldPath: found/,
    ],
    [
      'an argument with an end mark',
      ['"--config=/conf/c.yaml"', '"--config=/conf/c.yaml", "a\\0"'],
      /:26:\d+ args: found/,
    ],
    [
      'an argument that is no text',
      ['"--config=/conf/c.yaml"', '"--config=/conf/c.yaml", 5'],
      /args: found 5/,
    ],
    ['a container’s name', [container, '        - name: "o;tc"'], /name: found "o;tc"/],
    ['an image with a line', ['image: otel/opentelemetry', 'image: "x\\ny" #'], /image: found/],
    [
      'a port’s name',
      ['name: otlp, containerPort', 'name: "o t", containerPort'],
      /name: found "o t"/,
    ],
    [
      'a port beyond all',
      ['port: 4318, targetPort', 'port: 70000, targetPort'],
      /port: found 70000/,
    ],
    ['a port’s target', ['targetPort: otlp', 'targetPort: "$(x)"'], /targetPort: found/],
    [
      'an account that steps up',
      ['serviceAccountName: default', 'serviceAccountName: ../x'],
      /serviceAccountName: found/,
    ],
    ['a version', ['apiVersion: apps/v1', 'apiVersion: "apps/v1 x"'], /apiVersion: found/],
    ['a kind', ['kind: Service', 'kind: "../Service"'], /kind: found/],
    ['a host with a command', ['"tempo:4317"', '"tempo;x:4317"'], /endpoint "tempo;x:4317"/],
  ])('%s', (_, [from, to], message) => {
    expect(() => load(changed(from, to))).toThrow(message);
    expect(() => load(changed(from, to))).toThrow(expect.objectContaining({ name: 'UserError' }));
  });
});

describe('what the collector would not decode', () => {
  const settings = (from: string, to: string) => () => load(changed(from, to));
  it('protocols as a text', () => {
    const from = 'protocols: { http: { endpoint: 0.0.0.0:4318 } }';
    expect(settings(from, 'protocols: http')).toThrow(
      /^raw\.yaml:6:37 protocols: found "http", expected a mapping/,
    );
  });

  it('a number for a text', () => {
    const from = 'otlp: { endpoint: "tempo:4317", tls: { insecure: true } }';
    const balancing = (port: string) =>
      `loadbalancing: { protocol: { otlp: { tls: { insecure: true } } }, resolver: { dns: { hostname: gw, port: ${port} } } }`;
    const use = (port: string) =>
      raw.replace(from, balancing(port)).replace('exporters: [otlp]', 'exporters: [loadbalancing]');
    expect(() => load(use('4317'))).toThrow(/^raw\.yaml:9:\d+ port: found 4317, expected a text/);
    expect(() => load(use('"4317"'))).not.toThrow();
  });

  it.each([
    ['insecure: true', 'insecure: "true"', /insecure: found "true"/],
    ['batch: {}', 'batch: { send_batch_size: "5" }', /send_batch_size: found "5"/],
    ['batch: {}', 'batch: { timeout: 9999999h }', /timeout: found/],
    ['batch: {}', 'batch: { timeout: 5 }', /timeout: found 5/],
    // An escaped dollar is a dollar, and no duration (confmap v0.152.0, expand.go).
    ['batch: {}', 'batch: { timeout: "$$T" }', /timeout: found "\$T"/],
  ])('%s as %s', (from, to, message) => {
    expect(settings(from, to)).toThrow(message);
  });

  it('takes a duration in any of Go’s units', () => {
    expect(settings('batch: {}', 'batch: { timeout: 500us }')).not.toThrow();
  });

  it('a name that is misspelt is found inside the ConfigMap', () => {
    expect(settings('processors: [batch]', 'processors: [batsch]')).toThrow(
      /^raw\.yaml:12:51 .*"batsch", which is not declared; known: batch\. Hint: did you mean "batch"\?$/,
    );
  });
});
