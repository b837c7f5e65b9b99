import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatewayResource, gatewayWorkload, indented } from './gateway.testing.ts';
import { imageGaps } from './images.ts';
import { inProgram } from './left-out.ts';
import { loadPipeline } from './load.ts';

const config = indented(`
extensions:
  zpages: {}
  sigv4auth: { region: eu-west-1 }
  health_check: { endpoint: "0.0.0.0:13133" }
receivers:
  otlp: { protocols: { grpc: {} } }
  kubeletstats: { auth_type: serviceAccount }
  k8s_cluster: {}
connectors: { count: {} }
exporters:
  otlp: { endpoint: "tempo:4317", tls: { insecure: true } }
  prometheusremotewrite: { endpoint: "https://amp/write", auth: { authenticator: sigv4auth } }
service:
  extensions: [zpages, health_check, sigv4auth]
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp] }
    metrics: { receivers: [otlp, kubeletstats], exporters: [prometheusremotewrite] }
    metrics/cluster: { receivers: [k8s_cluster], exporters: [count] }
    metrics/counted: { receivers: [count], exporters: [prometheusremotewrite] }
`);

const custom = (written = config, image?: string): string => gatewayResource(written, image);
const raw = gatewayWorkload(config);

const load = (...texts: string[]) =>
  loadPipeline(
    'x',
    texts.map((text, i) => ({ path: `${i}.yaml`, text })),
  );

const cluster = indented(`
receivers: { k8s_cluster: {} }
exporters: { otlp: { endpoint: "gw-collector:4317", tls: { insecure: true } } }
service: { pipelines: { metrics: { receivers: [k8s_cluster], exporters: [otlp] } } }
`);

it('a receiver of Kafka is left out for the broker, which nobody runs', () => {
  const text = gatewayResource(
    config
      .replace('kubeletstats: { auth_type: serviceAccount }', 'kafka: {}')
      .replace('kubeletstats', 'kafka'),
  );
  const { notes } = load(text);
  expect(notes.join('\n')).toMatch(
    /receiver "kafka" is left out: no broker of Kafka stands here, /,
  );
  expect(notes.join('\n')).toMatch(/receiver "k8s_cluster" is left out: the program .* lacks it, /);
});

it.each([
  ['a resource', custom],
  ['a ConfigMap', gatewayWorkload],
])('what is left of a list keeps its place: in %s', (_, written) => {
  const text = written(config.replace('[otlp, kubeletstats]', '[kubeletstats, otlp, oltp]'));
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes(' oltp]'));
  const column = (lines[line] ?? '').indexOf('oltp]') + 1;
  expect(() => load(text)).toThrow(
    new RegExp(
      `^0.yaml:${line + 1}:${column} pipeline "metrics" names receiver "oltp", which is not declared; known`,
    ),
  );
});

describe('what the program lacks and the load does not come by', () => {
  it.each([
    ['a resource', custom(), 'OpenTelemetryCollector/gw'],
    ['a ConfigMap', raw, 'ConfigMap/gw'],
  ])('is left out with what names it, in %s', (_, text, name) => {
    const { tiers, notes } = load(text);
    const [tier] = tiers;
    const own = (kind: string) =>
      tier?.components.flatMap((one) => (one.kind === kind ? one.id : []));
    expect(own('receivers')).toEqual(['otlp']);
    expect(own('extensions')).toEqual(['health_check']);
    expect(tier?.pipelines.map(({ id }) => id)).toEqual(['traces', 'metrics']);
    expect(tier?.leftOut.map(({ id, place: { line } }) => [id, line])).toEqual(
      text === raw
        ? [
            ['kubeletstats', 13],
            ['k8s_cluster', 14],
            ['zpages', 8],
            ['sigv4auth', 9],
          ]
        : [
            ['kubeletstats', 15],
            ['k8s_cluster', 16],
            ['zpages', 10],
            ['sigv4auth', 11],
          ],
    );
    const remote = tier?.components.find(({ id }) => id === 'prometheusremotewrite');
    expect(remote?.config).toEqual({ endpoint: 'https://amp/write' });
    const why = 'the program that runs here lacks it, and the load does not come by it';
    expect(notes).toEqual(
      expect.arrayContaining([
        `${name}: receiver "kubeletstats" is left out: ${why}`,
        `${name}: pipeline "metrics/cluster" is left out: nothing else comes by it`,
        `${name}: pipeline "metrics/counted" is left out: nothing else comes by it`,
        `${name}: exporters.prometheusremotewrite.auth is left out with it: requests prove nothing by it here`,
      ]),
    );
  });

  it('leaves out a workload of which nothing is left, on every runtime', () => {
    const { tiers, resources, notes } = load(
      custom(),
      custom(cluster).replace('name: gw', 'name: cl'),
    );
    expect(tiers.map(({ name }) => name)).toEqual(['gw']);
    expect(resources.map(({ name }) => name)).toEqual(['gw']);
    expect(notes).toContain('OpenTelemetryCollector/cl is left out: all that it takes in is');
  });

  it('is told apart in namespaces that have resources of one name', () => {
    const there = custom(cluster).replace('namespace: obs', 'namespace: there');
    expect(load(custom(), there).tiers.map(({ workload }) => workload.namespace)).toEqual(['obs']);
  });

  it('is a reason of its own where nothing else is left', () => {
    expect(() => load(custom(cluster))).toThrow(
      /^0\.yaml:9:\d+ nothing of the folder takes OTLP, .*; k8s_cluster take in nothing of it/,
    );
  });

  it('still has to be in the image', () => {
    const core = load(custom(config, 'otel/opentelemetry-collector:0.152.0'));
    const lacking = imageGaps(core).map(({ component: { id } }) => id);
    expect(lacking).toEqual(['kubeletstats', 'k8s_cluster', 'count', 'sigv4auth']);
  });

  it.each([
    ['what the program has', 'hostmetrics: { scrapers: { cpu: {} } }'],
    ['what nobody knows', 'of_our_own: {}'],
  ])('is not %s', (_, receiver) => {
    const text = custom().replace('kubeletstats: { auth_type: serviceAccount }', receiver);
    const id = receiver.split(':')[0] ?? '';
    const { tiers } = load(text.replace('[otlp, kubeletstats]', `[otlp, ${id}]`));
    const metrics = tiers[0]?.pipelines.find((own) => own.id === 'metrics');
    expect(metrics?.receivers.map((own) => own.id)).toEqual(['otlp', id]);
  });
});

it('knows the program that is built', () => {
  const manifest = join(
    import.meta.dirname,
    '../../fixtures/binaries/otelcol-contrib/manifest.yaml',
  );
  const modules = [...readFileSync(manifest, 'utf8').matchAll(/\/(\w+) v[\d.]+$/gm)].map(
    ([, module = '']) => module,
  );
  const ownOf = (suffix: string) =>
    modules.filter((name) => name.endsWith(suffix)).map((name) => name.replace(suffix, ''));
  expect(ownOf('receiver').toSorted()).toEqual([...inProgram.receivers].toSorted());
  expect(inProgram.extensions.filter((name) => !modules.join().includes(name))).toEqual([]);
});
