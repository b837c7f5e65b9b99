import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { parsePath } from './manifests.ts';

const folder = new URL('../../fixtures/pipelines/two-tier/', import.meta.url);
const files = ['agent.yaml', 'gateway.yaml', 'rbac.yaml'].map((path) => ({
  path,
  text: readFileSync(new URL(path, folder), 'utf8'),
}));
const edit = (resource: string, path: string, value: unknown) => ({
  resource: `OpenTelemetryCollector/${resource}`,
  path,
  value,
  origin: 's.yaml:8:5',
});

function changed(file: string, from: string, to: string) {
  return files.map((f) => {
    if (f.path !== file) return f;
    if (!f.text.includes(from)) throw new Error(`no ${from} in ${file}`);
    return { path: f.path, text: f.text.replace(from, to) };
  });
}

describe('loadPipeline on two-tier', () => {
  const pipeline = loadPipeline('two-tier', files);

  it('finds the tiers in the order of the data', () => {
    expect(pipeline.tiers.map((t) => [t.name, t.workload.kind, t.workload.replicas])).toEqual([
      ['agent', 'daemonset', 1],
      ['gateway', 'statefulset', 2],
    ]);
    expect(pipeline.namespace).toBe('observability');
  });

  it('follows each signal from tier to tier to backend', () => {
    const [agent, gateway] = pipeline.tiers;
    const to = (service: string) => ({ tier: 'gateway', service, port: 4317 });
    expect(agent?.outputs.map((o) => [o.signal, o.loadBalancing, o.to])).toEqual([
      ['traces', true, to('gateway-collector-headless')],
      ['logs', false, to('gateway-collector')],
      ['metrics', false, to('gateway-collector')],
    ]);
    expect(gateway?.outputs.map((o) => [o.signal, o.to])).toEqual([
      ['traces', { backend: 'tempo:4317' }],
      ['logs', { backend: 'loki:3100' }],
      ['metrics', { backend: 'prometheus:9090' }],
      ['metrics', { backend: 'prometheus:9090' }],
    ]);
    expect(pipeline.backends.map((b) => [b.id, b.kind, b.protocol])).toEqual([
      ['tempo:4317', 'tempo', 'grpc'],
      ['loki:3100', 'loki', 'http'],
      ['prometheus:9090', 'prometheus', 'http'],
    ]);
  });

  it('reads the sampling policies and the health check', () => {
    const sampling = pipeline.tiers[1]?.tailSampling;
    expect(sampling?.decisionWaitMs).toBe(10_000);
    expect(sampling?.policies.map((p) => [p.name, p.type])).toEqual([
      ['keep-errors', 'status_code'],
      ['keep-slow', 'latency'],
      ['keep-debug-flagged', 'string_attribute'],
      ['sample-normal', 'probabilistic'],
    ]);
    expect(sampling?.unmodelled).toEqual([]);
    expect(pipeline.tiers[1]?.health).toEqual({ port: 13133, path: '/' });
  });

  it('names Services, ports and environment as the operator does', () => {
    const names = pipeline.services.map((s) => s.name);
    expect(names).toContain('gateway-collector-headless');
    expect(names).toContain('agent-collector-monitoring');
    const { workload } = pipeline.tiers[0] ?? {};
    expect(workload?.ports.find((p) => p.port === 4318)?.hostPort).toBe(4318);
    expect(workload?.environment.map((e) => e.name)).toEqual([
      'POD_NAME',
      'GOMEMLIMIT',
      'GOMAXPROCS',
    ]);
    expect(workload?.memoryLimitBytes).toBe(512 * 1024 ** 2);
  });
});

describe('edits', () => {
  it('splits paths', () => {
    expect(parsePath('a.b[0].c[name-x]["d.e"].f/g')).toEqual([
      'a',
      'b',
      '0',
      'c',
      'name-x',
      'd.e',
      'f/g',
    ]);
  });

  it('change a value, pick list items by name and add a key', () => {
    const base = 'spec.config.processors.tail_sampling';
    const pipeline = loadPipeline('two-tier', files, [
      edit('gateway', `${base}.decision_wait`, '20s'),
      edit('gateway', `${base}.policies[sample-normal].probabilistic.sampling_percentage`, 0.05),
      edit('gateway', `${base}.decision_cache`, { sampled_cache_size: 7 }),
    ]);
    const sampling = pipeline.tiers[1]?.tailSampling;
    expect(sampling?.decisionWaitMs).toBe(20_000);
    expect(sampling?.policies[3]).toMatchObject({ percentage: 0.05 });
    expect(sampling?.sampledCacheSize).toBe(7);
  });

  it('name a misspelt resource or path with what is known', () => {
    const load =
      (...edits: ReturnType<typeof edit>[]) =>
      () =>
        loadPipeline('x', files, edits);
    expect(load(edit('gatway', 'spec.mode', 'x'))).toThrow(
      /s\.yaml:8:5 the pipeline has no resource "OpenTelemetryCollector\/gatway".*did you mean "OpenTelemetryCollector\/gateway"/,
    );
    expect(load(edit('gateway', 'spec.config.procesors.tail_sampling', 1))).toThrow(
      /has no spec\.config\.procesors.*did you mean "processors"/,
    );
  });
});

describe('what is wrong is said with its place', () => {
  const load = (file: string, from: string, to: string) => () =>
    loadPipeline('x', changed(file, from, to));

  it.each([
    [
      'gateway.yaml',
      'exporters: [otlp_grpc/tempo]',
      'exporters: [otlp_grpc/tmpo]',
      /gateway\.yaml:\d+:\d+ pipeline "traces" names exporter "otlp_grpc\/tmpo", which is not declared; known: otlp_grpc\/tempo/,
    ],
    [
      'gateway.yaml',
      'endpoint: tempo:4317\n        tls: { insecure: true }',
      'endpoint: tempo:4317',
      /exporter "otlp_grpc\/tempo" uses TLS/,
    ],
    [
      'gateway.yaml',
      'http://loki:3100/otlp',
      'https://loki:3100/otlp',
      /exporter "otlp_http\/loki" uses TLS/,
    ],
    ['gateway.yaml', 'endpoint: tempo:4317', 'endpoint: 10.0.0.1:4317', /an address, not a name/],
    [
      'gateway.yaml',
      'decision_wait: 10s',
      'decision_wait: 10',
      /decision_wait: found 10, expected a duration/,
    ],
    [
      'gateway.yaml',
      'mode: statefulset',
      'mode: sidecar',
      /mode "sidecar" can't be run; known: daemonset/,
    ],
    [
      'agent.yaml',
      'gateway-collector-headless',
      'gateway-headless',
      /spreads over Service "gateway-headless", which the folder does not have; known: .*gateway-collector-headless/,
    ],
    ['gateway.yaml', '1Gi', 'lots', /memory limit: found "lots"/],
  ])('%s: %s', (file, from, to, expected) => {
    expect(load(file, from, to)).toThrow(expected);
  });

  it('lists what is not modelled instead of guessing', () => {
    const pipeline = loadPipeline(
      'x',
      changed(
        'gateway.yaml',
        'num_traces: 50000',
        'num_traces: 50000\n        sampling_strategy: span-ingest',
      ),
    );
    expect(pipeline.tiers[1]?.tailSampling?.unmodelled).toEqual(['sampling_strategy: span-ingest']);
  });
});

describe('raw workloads', () => {
  const raw = `
apiVersion: v1
kind: ConfigMap
metadata: { name: otel, namespace: obs }
data:
  config.yaml: |
    receivers: { otlp: { protocols: { grpc: { endpoint: 0.0.0.0:4317 } } } }
    exporters: { otlp: { endpoint: tempo.obs.svc:4317, tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: otel-agent, namespace: obs }
spec:
  selector: { matchLabels: { app: otel } }
  template:
    metadata: { labels: { app: otel } }
    spec:
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:0.152.0
          args: [--config=/etc/otel/config.yaml]
          volumeMounts: [{ name: config, mountPath: /etc/otel }]
      volumes: [{ name: config, configMap: { name: otel } }]
`;

  it('are tiers when the config is found behind --config', () => {
    const pipeline = loadPipeline('raw', [{ path: 'raw.yaml', text: raw }]);
    expect(pipeline.tiers.map((t) => t.name)).toEqual(['otel-agent']);
    expect(pipeline.backends.map((b) => b.id)).toEqual(['tempo.obs.svc:4317']);
  });

  it('may mount one file of a volume by subPath', () => {
    const text = raw.replace(
      'mountPath: /etc/otel }',
      'mountPath: /etc/otel/config.yaml, subPath: config.yaml }',
    );
    const pipeline = loadPipeline('raw', [{ path: 'raw.yaml', text }]);
    expect(pipeline.tiers.map((t) => t.name)).toEqual(['otel-agent']);
  });

  it('are a mistake when a collector runs with a config that is not there', () => {
    const text = raw.replace('--config=/etc/otel/config.yaml', '--config=/etc/otel/other.yaml');
    expect(() => loadPipeline('raw', [{ path: 'raw.yaml', text }])).toThrow(
      /raw\.yaml:\d+:\d+ DaemonSet "otel-agent" runs a collector .* holds \/etc\/otel\/other\.yaml/,
    );
  });

  it('name a ConfigMap that is missing', () => {
    const text = raw.replace('configMap: { name: otel }', 'configMap: { name: other }');
    expect(() => loadPipeline('raw', [{ path: 'raw.yaml', text }])).toThrow(
      /raw\.yaml:\d+:\d+ the folder has no ConfigMap "other" in namespace obs; known: otel/,
    );
  });
});
