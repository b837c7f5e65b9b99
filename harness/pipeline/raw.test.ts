import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';

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

  const inArgs = 'args: [--config=/etc/otel/config.yaml]';
  it.each([
    ['args', inArgs, ['--config=/etc/otel/config.yaml']],
    [
      'command and args',
      'command: [/otelcol-contrib, --feature-gates=a]\n          args: [--config=/etc/otel/config.yaml]',
      ['--feature-gates=a', '--config=/etc/otel/config.yaml'],
    ],
    [
      'command alone',
      'command: [/otelcol-contrib, --config=/etc/otel/config.yaml]',
      ['--config=/etc/otel/config.yaml'],
    ],
    ['neither', '', ['--config=/etc/otelcol-contrib/config.yaml']],
  ])('are called with what the manifest says in %s', (_, written, args) => {
    const folder = written === '' ? '/etc/otelcol-contrib' : '/etc/otel';
    const text = raw
      .replace(inArgs, written)
      .replace('mountPath: /etc/otel', `mountPath: ${folder}`);
    const [tier] = loadPipeline('raw', [{ path: 'raw.yaml', text }]).tiers;
    expect(tier?.workload.args).toEqual(args);
  });

  it('without arguments look where their image does, of whichever version it is', () => {
    const text = raw
      .replace(inArgs, '')
      .replace('collector-contrib:0.152.0', 'collector:0.104.0')
      .replace('mountPath: /etc/otel', 'mountPath: /etc/otelcol');
    const [tier] = loadPipeline('raw', [{ path: 'raw.yaml', text }]).tiers;
    expect(tier?.workload.args).toEqual(['--config=/etc/otelcol/config.yaml']);
  });

  it('get limits in the unit that they ask for', () => {
    const fieldOf = (unit: string): string =>
      `env: [{ name: A, valueFrom: { resourceFieldRef: { resource: limits.memory${unit} } } }]`;
    const load = (unit: string) => {
      const text = raw.replace(inArgs, `${inArgs}\n          ${fieldOf(unit)}`);
      return loadPipeline('raw', [{ path: 'raw.yaml', text }]).tiers[0]?.workload.environment;
    };
    expect(load(', divisor: 1Mi')).toEqual([
      { name: 'A', value: { limit: 'limits.memory', divisor: 1_048_576 } },
    ]);
    expect(load('')).toEqual([{ name: 'A', value: { limit: 'limits.memory', divisor: 1 } }]);
    expect(() => load('x')).toThrow(/resource: found "limits.memoryx", .*known: limits.memory/);
    expect(() => load(', divisor: much')).toThrow(/divisor: found "much", .*known: 1, 1k/);
  });

  it.each([
    ['mountPath: /etc/otel', 'mountPath: /etc/../../otel', /mountPath: found "\/etc\/\.\.\/\.\./],
    ['mountPath: /etc/otel', 'subPath: ../x, mountPath: /etc/otel', /subPath: found "\.\.\/x"/],
    [
      'name: otel } }]',
      'name: otel, items: [{ key: config.yaml, path: ../config.yaml }] } }]',
      /path: found "\.\.\/config\.yaml", expected a relative path without "\.\."/,
    ],
    [
      'configMap: { name: otel }',
      'persistentVolumeClaim: { claimName: ../otel }',
      /claimName: found "\.\.\/otel"/,
    ],
  ])('write nothing outside of their volumes: %s', (from, to, message) => {
    const text = raw.replace(from, to);
    expect(() => loadPipeline('raw', [{ path: 'raw.yaml', text }])).toThrow(message);
  });

  it.each([
    ['', undefined],
    ['{ endpoint: 0.0.0.0:13133, path: /up }', { port: 13133, path: '/up' }],
    ['{ endpoint: localhost:13133 }', undefined],
  ])('are probed where a probe gets: health_check %s', (settings, health) => {
    const text = raw
      .replace('    service: {', `    extensions: { health_check: ${settings} }\n    service: {`)
      .replace('service: { pipelines', 'service: { extensions: [health_check], pipelines');
    const [tier] = loadPipeline('raw', [{ path: 'raw.yaml', text }]).tiers;
    expect(tier?.health).toEqual(health);
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

  it('are left out with all that is odd of them when they run no collector', () => {
    const other = raw
      .slice(raw.indexOf('apiVersion: apps/v1'))
      .replace('otel/opentelemetry-collector-contrib:0.152.0', 'shop')
      .replace('--config=/etc/otel/config.yaml', '--verbose')
      .replace(/otel-agent/, 'shop')
      .replace('kind: DaemonSet', 'kind: Deployment')
      .replace('  selector:', '  replicas: 0\n  selector:');
    const { tiers, notes } = loadPipeline('raw', [
      { path: 'raw.yaml', text: raw },
      { path: 'shop.yaml', text: other },
    ]);
    expect(tiers.map((tier) => tier.name)).toEqual(['otel-agent']);
    expect(notes).toEqual(['Deployment/shop runs no collector; it is left out']);
  });

  it('have no field that there is not', () => {
    const text = raw.replace('  selector:', '  replica: 3\n  selector:');
    expect(() => loadPipeline('raw', [{ path: 'raw.yaml', text }])).toThrow(
      /raw\.yaml:15:12 DaemonSet "otel-agent" has no field spec\.replica; known: minReadySeconds/,
    );
  });

  it('say where their configuration is no YAML', () => {
    const text = raw.replace('exporters: { otlp: {', 'exporters: { otlp: { {');
    expect(() => loadPipeline('raw', [{ path: 'raw.yaml', text }])).toThrow(
      /^raw\.yaml:9:5 YAML: Flow map in block collection/,
    );
  });

  it('name a ConfigMap that is missing', () => {
    const text = raw.replace('configMap: { name: otel }', 'configMap: { name: other }');
    expect(() => loadPipeline('raw', [{ path: 'raw.yaml', text }])).toThrow(
      /raw\.yaml:\d+:\d+ the folder has no ConfigMap "other" in namespace obs; known: otel/,
    );
  });
});
