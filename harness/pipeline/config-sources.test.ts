import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { mergeConfigs } from './config-sources.ts';
import { loadPipeline } from './load.ts';

const manifest = (args: string, more = ''): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: gw, namespace: obs }
data:
  c.yaml: |
    receivers: { otlp: { protocols: { http: { endpoint: 0.0.0.0:4318 } } } }
    processors: { batch: { timeout: 1s, send_batch_size: 100 } }
    service: { pipelines: { traces: { receivers: [otlp], processors: [], exporters: [otlp] } } }
  e.yaml: |
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    processors: { batch: { timeout: 2s } }
    service: { pipelines: { traces: { processors: [batch] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw, namespace: obs }
spec:
  selector: { matchLabels: { app: gw } }
  template:
    metadata: { labels: { app: gw } }
    spec:
      containers:
        - name: otc
          image: otel/opentelemetry-collector-contrib:0.152.0
          args: ${args}
          volumeMounts: [{ name: c, mountPath: /conf }]
${more}      volumes: [{ name: c, configMap: { name: gw } }]
`;
const load = (args: string, more?: string) =>
  loadPipeline('x', [{ path: 'x.yaml', text: manifest(args, more) }]);

const mistakesOf = (args: string, more?: string): readonly string[] =>
  mistakesIn(() => load(args, more));

describe('the configuration of several sources', () => {
  const both = '"--config=/conf/c.yaml", "--config=/conf/e.yaml"';

  it('is merged: mappings deeply, lists replaced, the last one wins', () => {
    const [tier] = load(`[${both}]`).tiers;
    const batch = tier?.components.find(({ id }) => id === 'batch');
    expect(batch?.config).toEqual({ timeout: '2s', send_batch_size: 100 });
    expect(tier?.pipelines[0]?.processors.map(({ id }) => id)).toEqual(['batch']);
    expect(batch?.placeOf?.(['timeout']).line).toBe(11);
    expect(batch?.placeOf?.(['send_batch_size']).line).toBe(7);
  });

  it('has its places where one key is mounted by another name', () => {
    const text = manifest('["--config=/conf/other.yaml", "--config=/e.yaml"]')
      .replace('mountPath: /conf ', 'mountPath: /conf/other.yaml, subPath: c.yaml ')
      .replace(
        ' }]\n      volumes',
        ' }, { name: c, mountPath: /e.yaml, subPath: e.yaml }]\n      volumes',
      );
    const [tier] = loadPipeline('x', [{ path: 'x.yaml', text }]).tiers;
    const batch = tier?.components.find(({ id }) => id === 'batch');
    expect(batch?.placeOf?.(['send_batch_size']).line).toBe(7);
  });

  it.each([
    ['mountPath: /conf ', 'mountPath: /conf/ '],
    ['=/conf/e.yaml', '=file:/conf/../conf//e.yaml'],
    ['=/conf/e.yaml', '=file:///conf/e.yaml'],
    ['=/conf/e.yaml', '=conf/./e.yaml'],
  ])('is found by a path that is written otherwise: %s, %s', (from, to) => {
    const text = manifest(`[${both}]`).replace(from, to);
    const [tier] = loadPipeline('x', [{ path: 'x.yaml', text }]).tiers;
    expect(tier?.components.find(({ id }) => id === 'batch')?.config.timeout).toBe('2s');
  });

  it('merges them in the order of the command line', () => {
    const [tier] = load('["--config", "/conf/e.yaml", "-config=file:/conf/c.yaml"]').tiers;
    expect(tier?.components.find(({ id }) => id === 'batch')?.config.timeout).toBe('1s');
    expect(tier?.pipelines[0]?.processors).toEqual([]);
  });

  it.each([
    ['yaml:', `[${both}, "--config=yaml:processors::batch::timeout: 3s"]`, undefined],
    ['--set, wherever it stands', `["--set=processors.batch.timeout=3s", ${both}]`, undefined],
    ['--set as two words', `[${both}, --set, "processors.batch.timeout=3s"]`, undefined],
    [
      'env:',
      `[${both}, "--config=env:MORE"]`,
      '          env: [{ name: MORE, value: "processors: { batch: { timeout: 3s } }" }]\n',
    ],
  ])('takes %s for a part', (_, args, more) => {
    const [tier] = load(args, more).tiers;
    expect(tier?.components.find(({ id }) => id === 'batch')?.config.timeout).toBe('3s');
  });

  it.each([
    ['a file that is not there', `[${both}, "--config=/conf/z.yaml"]`, /holds \/conf\/z\.yaml/],
    ['a variable that is not there', `[${both}, "--config=env:MORE"]`, /:25:\d+ .*variable MORE/],
    [
      'what has to be fetched',
      `["--config=https://a/b"]`,
      /:25:\d+ the configuration comes by https/,
    ],
    ['what is no YAML', `[${both}, "--config=yaml:a: ["]`, /:25:\d+ YAML/],
    [
      'one of the files alone',
      '["--config=/conf/c.yaml"]',
      /exporter "otlp", which is not declared/,
    ],
  ])('is refused at its place for %s', (_, args, message) => {
    expect(mistakesOf(args)[0]).toMatch(message);
  });

  it('has the mistake of each at its own lines', () => {
    expect(mistakesOf(`[${both}, "--set=processors.batch.timeout=soon"]`)[0]).toMatch(
      /^x\.yaml:25:\d+ timeout: found "soon"/,
    );
  });

  it('has null in the stead of what was there, as koanf has', () => {
    expect(mergeConfigs([{ a: { b: 1 } }, { a: null }])).toEqual({ a: null });
    expect(mergeConfigs([{ a: null }, { a: { b: 1 } }])).toEqual({ a: { b: 1 } });
    expect(mergeConfigs([{ a: [1, 2] }, { a: [3] }])).toEqual({ a: [3] });
  });
});

describe('a pod of several containers', () => {
  it('is run by the one that is a collector, and says what is left out', () => {
    const proxy = '        - { name: proxy, image: quay.io/brancz/kube-rbac-proxy:v0.15.0 }\n';
    const { tiers, notes } = load('["--config=/conf/c.yaml", "--config=/conf/e.yaml"]', proxy);
    expect(tiers.map(({ name }) => name)).toEqual(['gw']);
    expect(notes.join('\n')).toMatch(
      /Deployment\/gw: container "proxy" is no collector; it is left/,
    );
  });

  it('is refused where two are', () => {
    const second = '        - { name: two, image: otel/opentelemetry-collector:0.152.0 }\n';
    expect(mistakesOf('["--config=/conf/c.yaml"]', second)[0]).toMatch(
      /2 containers of one pod are collectors/,
    );
  });
});
