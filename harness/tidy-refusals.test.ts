import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from './lib/errors.ts';
import { loadPipeline } from './pipeline/load.ts';
import { readPipelineFiles } from './pipeline-files.ts';
import { check } from './requests.ts';
import { fileOf } from './scenarios.ts';
import { kustomizeWith } from './shell/kustomize.ts';
import { checkComponents } from './stack/embedded/components.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-refusals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = readFileSync(join(import.meta.dirname, 'refusals.md'), 'utf8');
/** What is said, as the page has it. */
const listed = [...page.matchAll(/^\| `(.+?)` \|/gm)].map(([, said = '']) => said);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Behind its place, and in front of its hint and of what is known. */
const patternOf = (said: string): RegExp =>
  new RegExp(
    `^(\\S+: |\\S+:\\d+:\\d+ )?${said.split('…').map(escaped).join('[\\s\\S]*')}(;|\\.| |$)`,
  );

/** The first of the page that a mistake is. */
const reasonOf = (mistake: string): string | undefined =>
  listed.find((said) => patternOf(said).test(mistake));

const otlp = 'otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } }';
const tempo = 'otlp: { endpoint: "tempo:4317", tls: { insecure: true } }';
const traces = 'traces: { receivers: [otlp], exporters: [otlp] }';

interface Parts {
  readonly name?: string;
  readonly spec?: string;
  readonly receivers?: string;
  readonly more?: string;
  readonly exporters?: string;
  readonly service?: string;
  readonly pipelines?: string;
}

function collector(parts: Parts = {}): string {
  const { name = 'gw', spec = 'mode: deployment', receivers = otlp, more = '' } = parts;
  const { exporters = tempo, service = '', pipelines = traces } = parts;
  return `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: ${name}, namespace: obs }
spec:
  image: otel/opentelemetry-collector-contrib:0.152.0
  ${spec}
  config:
    receivers: { ${receivers} }
    ${more}
    exporters: { ${exporters} }
    service: { ${service} pipelines: { ${pipelines} } }
`;
}

const raw = (pod: string, image = 'otel/opentelemetry-collector-contrib:0.152.0') => `
apiVersion: v1
kind: ConfigMap
metadata: { name: conf, namespace: obs }
data:
  c.yaml: |
    receivers: { ${otlp} }
    exporters: { ${tempo} }
    service: { pipelines: { ${traces} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw, namespace: obs }
spec:
  selector: { matchLabels: { app: gw } }
  template:
    metadata: { labels: { app: gw } }
    spec:
      volumes: [{ name: conf, configMap: { name: conf } }]
      containers:
        - { name: gw, image: "${image}", volumeMounts: [{ name: conf, mountPath: /conf }], ${pod} }
`;

const application = (name: string, namespace: string, inject: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata:
      labels: { app: ${name} }
      annotations: { sidecar.opentelemetry.io/inject: "${inject}" }
    spec: { containers: [{ name: app, image: shop:1 }] }
`;

const hosts = (resolver: string) =>
  `otlp: { endpoint: "tempo:4317" }, loadbalancing: { protocol: { otlp: {} }, resolver: { ${resolver} } }`;
const spread = (resolver: string): Parts => ({
  exporters: hosts(resolver),
  pipelines: 'traces: { receivers: [otlp], exporters: [loadbalancing] }',
});
const sends = (endpoint: string): Parts => ({ exporters: `otlp: { endpoint: "${endpoint}" }` });
const only = (receiver: string): Parts => ({
  receivers: receiver,
  pipelines: `traces: { receivers: [${receiver.split(':')[0]}], exporters: [otlp] }`,
});

/** Folders that are refused, by their files; the names tell what is wrong with each. */
const refused: Readonly<Record<string, Readonly<Record<string, string>> | string>> = {
  'jaeger’s agents alone': collector(only('jaeger: { protocols: { thrift_compact: {} } }')),
  'metrics alone': collector({
    exporters: 'otlp: { endpoint: "vendor.example:4317" }',
    pipelines: traces.replace('traces', 'metrics'),
  }),
  'a cluster’s own metrics alone': collector(only('k8s_cluster: {}')),
  'credentials that the load lacks': collector({
    receivers: 'otlp: { protocols: { grpc: { auth: { authenticator: basicauth } } } }',
    more: 'extensions: { basicauth: { htpasswd: { inline: "a:b" } } }',
    service: 'extensions: [basicauth],',
  }),
  'a receiver for its own pod': collector({
    receivers: 'otlp: { protocols: { grpc: { endpoint: "localhost:4317" } } }',
  }),
  'a certificate of applications': collector({
    receivers:
      'otlp: { protocols: { grpc: { tls: { cert_file: /t/tls.crt, key_file: /t/tls.key, client_ca_file: /t/ca.crt } } } }',
    spec: 'volumes: [{ name: t, secret: { secretName: t } }]\n  volumeMounts: [{ name: t, mountPath: /t }]',
  }),
  'a sidecar that nobody carries': `${collector({ spec: 'mode: sidecar' })}---${application('a', 'obs', 'false')}`,
  'sidecars in two namespaces': `${collector({ spec: 'mode: sidecar' })}---${application('a', 'obs', 'gw')}---${application('b', 'shop', 'obs/gw')}`,
  'an exporter of a vendor': collector({
    exporters: 'clickhousetraces: {}',
    pipelines: 'traces: { receivers: [otlp], exporters: [clickhousetraces] }',
  }),
  'a resolver of a cloud': collector(spread('aws_cloud_map: { namespace: a, service_name: b }')),
  'a static resolver over two tiers': `${collector({
    ...spread('static: { hostnames: ["a-collector:4317", "b-collector:4317"] }'),
  })}---${collector({ name: 'a' })}---${collector({ name: 'b' })}`,
  'a static resolver to nowhere': collector(spread('static: { hostnames: ["away:4317"] }')),
  'a ring over nothing': collector(spread('dns: { hostname: sampler-headless }')),
  'a slip of a Service': `${collector(sends('b-colector:4317'))}---${collector({ name: 'b' })}`,
  'the address of a node': collector({
    ...sends(`\${env:NODE_IP}:4317`),
    spec: 'env: [{ name: NODE_IP, valueFrom: { fieldRef: { fieldPath: status.hostIP } } }]',
  }),
  'the address of a pod': collector({
    ...sends(`\${env:POD_IP}:4317`),
    spec: 'env: [{ name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }]',
  }),
  'an address': collector(sends('127.0.0.1:4317')),
  'logs to Tempo': collector({ pipelines: `${traces}, ${traces.replace('traces', 'logs')}` }),
  'gRPC to Loki': collector({
    exporters: `${tempo}, otlp/loki: { endpoint: "loki:3100", tls: { insecure: true } }`,
    pipelines: `${traces}, logs: { receivers: [otlp], exporters: [otlp/loki] }`,
  }),
  'a certificate in a folder that only a cluster fills': collector({
    receivers:
      'otlp: { protocols: { grpc: { tls: { cert_file: /t/a.crt, key_file: /t/a.key } } } }',
    spec: 'volumes: [{ name: t, emptyDir: {} }]\n  volumeMounts: [{ name: t, mountPath: /t }]',
  }),
  'a certificate in no volume': collector({
    receivers:
      'otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317", tls: { cert_file: /t/a.crt, key_file: /t/a.key } } } }',
  }),
  'an authority of its own': collector({
    exporters: 'otlp: { endpoint: "otlp.corp.example:4317", tls: { ca_file: /ca } }',
  }),
  'a chart': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n' },
  'a base elsewhere': { 'kustomization.yaml': 'resources: ["github.com/a/b?ref=c"]\n' },
  'a file elsewhere': { 'kustomization.yaml': 'resources: [../p.yaml]\n', '../p.yaml': 'a: 1\n' },
  'values of a chart': `${collector()}---\ngateway: { enabled: true }\n`,
  'a secret that is left open': `${collector()}---\napiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata: { token: <token> }\n`,
  'no collector': application('a', 'obs', 'false'),
  'no configuration': raw('args: ["--config=/conf/other.yaml"]'),
  'no --config': raw('args: ["--feature-gates=a"]'),
  'an argument for a program': raw('command: ["--config=/conf/c.yaml"]'),
  'a configuration by http': raw('args: ["--config=https://a.example/c.yaml"]'),
  'no endpoint': collector({ exporters: 'otlp: { tls: { insecure: true } }' }),
  'a collector at the start': raw('args: ["--config=/conf/c.yaml"]').replace(
    'containers:',
    'containers: [{ name: shop, image: shop }]\n      initContainers:',
  ),
  'no account': `${collector({ spec: 'serviceAccount: nobody' })}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: collector, namespace: obs }\n`,
  'two collectors in a pod': raw(
    'args: ["--config=/conf/c.yaml"] }\n        - { name: two, image: otel/opentelemetry-collector:0.152.0',
  ),
  'a disk of a cluster': collector({
    spec: 'volumes: [{ name: a, nfs: { server: s, path: /p } }]',
  }),
  'an image of something else': raw('args: ["--config=/conf/c.yaml"]', 'nginx:1'),
  'a shell': raw('command: ["/bin/sh", "-c", "--config=/conf/c.yaml"]'),
  'a word that is no flag': raw(`args: ["--config=/conf/c.yaml", "\${ARGS}"]`),
  'a flag of something else': raw('args: ["--config=/conf/c.yaml", "--verbose"]'),
  'an exporter that is not declared': collector({
    pipelines: traces.replace('[otlp] }', '[otpl] }'),
  }),
  'an extension that is not declared': collector({ service: 'extensions: [zpages],' }),
  'no exporter': collector({ pipelines: 'traces: { receivers: [otlp], exporters: [] }' }),
  'no signal': collector({
    pipelines: `${traces}, trace: { receivers: [otlp], exporters: [otlp] }`,
  }),
  'a signal that a receiver does not have': collector({
    receivers: `${otlp}, prometheus: { config: { scrape_configs: [] } }`,
    pipelines: `${traces}, traces/p: { receivers: [prometheus], exporters: [otlp] }`,
  }),
  'something beside its parts': collector({ more: 'feature-gates: {}' }),
  'a setting that is none': collector({ more: 'processors: { batch: { size: 5 } }' }),
  'no pipelines': collector({ pipelines: '' }),
  'a slip of a type': collector({ more: 'processors: { btach: {} }' }),
  'a number for a text': collector(spread('dns: { hostname: gw-collector, port: 4317 }')),
  'a field that there is not': collector({ spec: 'replica: 3' }),
  'one name twice': `${collector()}---${collector()}`,
  tabs: `${collector()}\tstatus: {}\n`,
};

/** What a folder is refused for. */
function mistakesOf(name: string, files: Readonly<Record<string, string>>): readonly string[] {
  const own = join(folder, name.replaceAll(/[^a-z]/g, '-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(own, file)), { recursive: true });
    writeFileSync(join(own, file), text);
  }
  const request = { scenarioFile: fileOf('steady'), pipelineFolder: own, edits: [], seed: 1 };
  return told(() => check({ ...request, runtime: 'embedded', reportsFolder: '' }));
}

function told(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.mistakes.length > 0 ? error.mistakes : [error.message];
  }
  return [];
}

const said = new Map<string, readonly string[]>(
  Object.entries(refused).map(([name, written]) => [
    name,
    mistakesOf(name, typeof written === 'string' ? { 'p.yaml': written } : written),
  ]),
);
const overlay = join(folder, 'overlay');
mkdirSync(overlay);
writeFileSync(join(overlay, 'kustomization.yaml'), 'resources: [a.yaml]\nnamePrefix: b-\n');
const refusing = join(folder, 'kubectl');
writeFileSync(refusing, "#!/bin/sh\necho 'no such file: a.yaml' >&2\nexit 1\n", { mode: 0o755 });
const without = (): undefined => undefined;
said.set(
  'an overlay, and no kubectl',
  told(() => readPipelineFiles(overlay, without)),
);
said.set(
  'an overlay that kubectl refuses',
  told(() => readPipelineFiles(overlay, kustomizeWith(refusing))),
);
const none = { receivers: ['otlp'], processors: ['batch'], exporters: ['otlp_grpc'] };
said.set(
  'what the program lacks',
  told(() => {
    const text = collector({ more: 'processors: { geoip: {} }' });
    const pipeline = loadPipeline('x', [{ path: 'p.yaml', text }]);
    checkComponents(pipeline, { ...none, connectors: [], extensions: [] }, '0.152.0');
  }),
);

describe('a folder that is refused', () => {
  it.each([...said])('says what the page says: %s', (_, mistakes) => {
    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes.filter((mistake) => reasonOf(mistake) === undefined)).toEqual([]);
  });

  it('has every reason of the page', () => {
    const made = new Set([...said.values()].flat().map(reasonOf));
    expect(listed.filter((reason) => !made.has(reason))).toEqual([]);
    expect(listed.length).toBeGreaterThan(30);
  });
});
