import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { showAllCommand, showCommand } from './show.ts';

let folder: string;
let written: string;
const write = (text: string): true => {
  written += text;
  return true;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-show-'));
  written = '';
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = `receivers: { otlp: { protocols: { grpc: { endpoint: 0.0.0.0:4317 } } } }
processors: { batch: {} }
exporters:
  otlp: { endpoint: "tempo:4317", tls: { insecure: true } }
  otlp/archive: { endpoint: "archive:4317", tls: { insecure: true } }
service:
  pipelines:
    traces: { receivers: [otlp], processors: [batch], exporters: [otlp] }
`;

function pipeline(name: string, text: string): string {
  const own = join(folder, name);
  mkdirSync(own);
  writeFileSync(join(own, 'config.yaml'), text);
  return own;
}

describe('show', () => {
  it('tells tiers, components in order and where each leads', () => {
    showCommand(pipeline('a', config), {}, { write });
    expect(written.split('\n').slice(0, 6)).toEqual([
      'a: 1 tiers, 1 backends',
      'traces enter by gateway, OTLP over grpc at port 4317, by a Service',
      'tier gateway: Deployment, 1 pod, docker.io/otel/opentelemetry-collector-contrib:0.152.0',
      '  traces: otlp -> batch -> otlp to tempo:4317',
      'backend tempo:4317: tempo, takes traces over grpc',
      'all of it is followed and modelled',
    ]);
    expect(written).toMatch(/^note: .*config\.yaml is a bare collector configuration/m);
  });

  it.each([
    [
      'a second way to the same backend',
      config.replace('service:\n  pipelines:\n', (at) => {
        return `${at}    traces/all: { receivers: [otlp], exporters: [otlp] }\n`;
      }),
      /^ {2}traces at gateway: several ways lead to tempo:4317$/m,
    ],
    [
      'a processor that is not modelled',
      config.replace('batch: {}', 'batch: {}, geoip: {}').replace('[batch]', '[batch, geoip]'),
      /^ {2}traces at gateway\/geoip: what it changes is not modelled$/m,
    ],
  ])('tells what it does not follow: %s', (_, text, line) => {
    showCommand(pipeline('a', text), {}, { write });
    expect(written).toContain('not followed or not modelled:');
    expect(written).toMatch(line);
  });

  it('tells each of several samplers, and what of each is not modelled', () => {
    const sampler = (policy: string): string =>
      `{ decision_wait: 5s, policies: [{ name: own, type: ${policy} }] }`;
    const two = config
      .replace(
        'batch: {}',
        `tail_sampling/a: ${sampler('always_sample')}, tail_sampling/b: ${sampler('made_up')}`,
      )
      .replace('[batch]', '[tail_sampling/a]')
      .replace('service:\n  pipelines:\n', (at) => {
        const own = 'receivers: [otlp], processors: [tail_sampling/b], exporters: [otlp/archive]';
        return `${at}    traces/all: { ${own} }\n`;
      });
    showCommand(pipeline('a', two), {}, { write });
    expect(written).toMatch(/^ {2}tail_sampling\/a after 5.0 s: own \(always_sample\)$/m);
    expect(written).toMatch(/^ {2}tail_sampling\/b after 5.0 s: own \(unmodelled\)$/m);
    expect(written).toMatch(/^ {2}gateway\/tail_sampling\/b: .*made_up.* is not modelled$/m);
  });

  it('tells where the folder has no Service by which the load could enter', () => {
    const own = `apiVersion: v1
kind: ConfigMap
metadata: { name: c }
data: { c.yaml: ${JSON.stringify(config)} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw }
spec:
  selector: { matchLabels: { app: gw } }
  template:
    metadata: { labels: { app: gw } }
    spec:
      containers: [{ name: c, image: otel/opentelemetry-collector-contrib:0.152.0, args: [--config=/c/c.yaml], volumeMounts: [{ name: c, mountPath: /c }] }]
      volumes: [{ name: c, configMap: { name: c } }]
`;
    const service = `---
apiVersion: v1
kind: Service
metadata: { name: gw }
spec: { selector: { app: gw }, ports: [{ port: 80, targetPort: 4317 }] }
`;
    showCommand(pipeline('a', own), {}, { write });
    expect(written).toMatch(/4317, by a Service of the bench \(the folder has none for it\)$/m);
    written = '';
    showCommand(pipeline('b', own + service), {}, { write });
    expect(written).toMatch(/4317, by a Service$/m);
  });

  it('tells a place of remote write from one of OTLP', () => {
    const endpoint = 'https://aps.example.com/api/v1/remote_write';
    const two = config
      .replace('exporters:', `exporters:\n  prometheusremotewrite: { endpoint: "${endpoint}" }`)
      .concat('    metrics: { receivers: [otlp], exporters: [prometheusremotewrite] }\n');
    showCommand(pipeline('a', two), {}, { write });
    expect(written).toMatch(
      /^backend aps.example.com:443: remote write, takes metrics over http$/m,
    );
  });

  it('tells each of several ways', () => {
    const beside = config.replace('service:\n  pipelines:\n', (at) => {
      return `${at}    traces/all: { receivers: [otlp], exporters: [otlp/archive] }\n`;
    });
    showCommand(pipeline('a', beside), {}, { write });
    expect(written).toMatch(/^way of traces to archive:4317: gateway$/m);
    expect(written).toMatch(/^way of traces to tempo:4317: gateway, batch$/m);
    expect(written).toContain('all of it is followed and modelled');
  });

  it('tells what the image lacks', () => {
    const set = ['OpenTelemetryCollector/gateway:spec.image=amazon/aws-otel-collector:v0.43.3'];
    const own = pipeline(
      'a',
      config.replace('batch: {}', 'transform: {}').replace('[batch]', '[transform]'),
    );
    showCommand(own, { set }, { write });
    expect(written).toMatch(
      /^ {2}gateway\/transform: its image, the ADOT distribution, lacks it$/m,
    );
  });

  it('takes --set and --strict as a run does', () => {
    const own = pipeline(
      'a',
      config.replace('otlp/archive: {', 'zipkin: {').replace('[otlp] }\n', '[otlp, zipkin] }\n'),
    );
    const gateway = 'OpenTelemetryCollector/gateway:spec';
    showCommand(own, { set: [`${gateway}.replicas=3`] }, { write });
    expect(written).toContain('tier gateway: Deployment, 3 pods');
    expect(written).toContain('note: exporter "zipkin" is replaced by OTLP');
    expect(() => showCommand(own, { strict: true }, { write })).toThrow(
      /exporter "zipkin" of tier/,
    );
    expect(() => showCommand(own, { set: ['Deployment/none:spec.replicas=3'] }, { write })).toThrow(
      /no resource "Deployment\/none"/,
    );
  });

  it('takes Secrets from --values', () => {
    const values = join(folder, 'values.yaml');
    writeFileSync(
      values,
      'apiVersion: v1\nkind: Secret\nmetadata: { name: vendor, namespace: obs }\nstringData: { to: "tempo.prod:4317" }\n',
    );
    const text = `apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  env: [{ name: TO, valueFrom: { secretKeyRef: { name: vendor, key: to } } }]
  config:
${config.replace('"tempo:4317"', `"\${env:TO}"`).replaceAll(/^/gm, '    ')}`;
    showCommand(pipeline('b', text), { values }, { write });
    expect(written).toContain('backend tempo.prod:4317: tempo');
  });

  it('refuses what a run refuses', () => {
    const lost = config.replace('exporters: [otlp]', 'exporters: [otpl]');
    expect(() => showCommand(pipeline('a', lost), {}, { write })).toThrow(/"otpl", which is not/);
  });
});

describe('show --all', () => {
  it('counts what is accepted and what is refused, by its reason', () => {
    pipeline('a', config);
    pipeline('b', config.replace('exporters: [otlp]', 'exporters: [otpl]'));
    pipeline('c', config.replace('exporters: [otlp]', 'exporters: [oltp]'));
    expect(showAllCommand(folder, {}, { write })).toBe(1);
    expect(written).toMatch(/^accepted {2}a$/m);
    expect(written).toMatch(/^refused {3}b: .*b\/config\.yaml:8:\d+ pipeline "traces" names/m);
    expect(written.split('\n').slice(-4, -1)).toEqual([
      expect.stringMatching(/^refused {3}c: /),
      '1 of 3 accepted',
      '    2 refused: pipeline "…" names exporter "…", which is not declared',
    ]);
  });

  it('is content where all are', () => {
    pipeline('a', config);
    expect(showAllCommand(folder, {}, { write })).toBe(0);
  });

  it('asks for a folder of folders', () => {
    expect(() => showAllCommand(folder, {}, { write })).toThrow(/no folder in it/);
    expect(() => showAllCommand(join(folder, 'nope'), {}, { write })).toThrow(/no folder in it/);
  });
});
