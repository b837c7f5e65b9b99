import { describe, expect, it } from 'vitest';
import { gatewayResource, gatewayWorkload, indented } from './gateway.testing.ts';
import { imageGaps } from './images.ts';
import { loadPipeline } from './load.ts';
import { replacedIn, standsFor } from './replaced.ts';

const config = indented(`
receivers: { otlp: { protocols: { grpc: {} } } }
exporters:
  datadog: { api: { key: "\${env:KEY}" }, sending_queue: { queue_size: 7 } }
  splunk_hec/eu: { token: t, endpoint: "https://splunk:8088" }
  otlp: { endpoint: "tempo:4317", tls: { insecure: true } }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp, datadog] }
    logs: { receivers: [otlp], exporters: [splunk_hec/eu] }
    metrics: { receivers: [otlp], exporters: [datadog] }
`);

const custom = (image: string): string => gatewayResource(config, image);
const raw = gatewayWorkload(config);

const load = (text: string) => loadPipeline('x', [{ path: 'p.yaml', text }]);
const contrib = 'otel/opentelemetry-collector-contrib:0.152.0';

describe('exporters that the program lacks', () => {
  it.each([
    ['a resource', custom(contrib)],
    ['a ConfigMap', raw],
  ])('stand where they stood, and nobody set what was written: in %s', (_, text) => {
    const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;
    const [tier] = load(text).tiers;
    const own = tier?.components.find(({ id }) => id === 'otlp_http/datadog');
    const line = lineOf('datadog: {');
    expect(own?.place).toMatchObject({ line });
    expect(own?.place.setBy).toBeUndefined();
    expect(own?.placeOf?.(['sending_queue', 'queue_size'])).toEqual({
      ...own?.place,
      column: (text.split('\n')[line - 1] ?? '').indexOf('7 }') + 1,
    });
    expect(own?.placeOf?.(['endpoint'])).toEqual({ ...own?.place, setBy: 'the bench' });
  });

  it.each([
    ['a resource', custom(contrib)],
    ['a ConfigMap', raw],
  ])('are OTLP to a place of their name, in %s', (_, text) => {
    const { tiers, backends, notes } = load(text);
    const sent = tiers[0]?.outputs.map(({ signal, exporter, to }) => [signal, exporter.id, to]);
    const [datadog, splunk] = ['datadog', 'splunk-hec-eu'].map((name) => ({
      backend: `${name}.replaced.invalid:4318`,
    }));
    expect(sent).toEqual([
      ['traces', 'otlp', { backend: 'tempo:4317' }],
      ['traces', 'otlp_http/datadog', datadog],
      ['logs', 'otlp_http/splunk_hec/eu', splunk],
      ['metrics', 'otlp_http/datadog', datadog],
    ]);
    expect(backends.map(({ kind, signals }) => [kind, signals])).toEqual([
      ['tempo', ['traces']],
      ['otlp', ['traces', 'metrics']],
      ['otlp', ['logs']],
    ]);
    expect(notes.filter((note) => note.includes('is replaced by OTLP'))).toEqual([
      expect.stringMatching(
        /^exporter "datadog" is replaced by OTLP to datadog\.replaced\.invalid/,
      ),
      expect.stringMatching(/^exporter "splunk_hec\/eu" is replaced/),
    ]);
  });

  it('keep their queue and their retries, and nothing of their own', () => {
    const [tier] = load(custom(contrib)).tiers;
    const datadog = tier?.components.find(({ id }) => id === 'otlp_http/datadog');
    expect(datadog?.config).toEqual({
      endpoint: 'http://datadog.replaced.invalid:4318',
      sending_queue: { queue_size: 7 },
    });
    expect(datadog && standsFor(datadog)).toBe('datadog');
  });

  it('are told to whoever wants none replaced', () => {
    expect(replacedIn(load(custom(contrib))).map(({ message }) => message)).toEqual([
      'exporter "datadog" of tier "gw" is not in the program that would run it',
      'exporter "splunk_hec/eu" of tier "gw" is not in the program that would run it',
    ]);
    const plain = raw.replaceAll(/(datadog|splunk_hec\/eu)(:|\b)/g, 'debug$2');
    const once = plain.replace(/\n {6}debug: .*(?=\n {6}debug:)/, '');
    expect(replacedIn(load(once))).toEqual([]);
  });

  it('are still lacking in the image that their author wrote', () => {
    const gaps = imageGaps(load(custom('otel/opentelemetry-collector:0.152.0')));
    expect(gaps.map(({ component, has }) => [component.id, has])).toEqual([
      ['datadog', ['contrib']],
      ['splunk_hec/eu', ['contrib']],
    ]);
  });

  it('that were taken out of every distribution are replaced, and lacking in an image of today', () => {
    const old = (image: string) =>
      custom(image)
        .replaceAll('datadog', 'jaeger')
        .replaceAll('splunk_hec/eu: {', 'logging: { loglevel: debug,')
        .replaceAll('splunk_hec/eu', 'logging');
    const { tiers, notes } = load(old('otel/opentelemetry-collector-contrib:0.80.0'));
    expect(tiers[0]?.pipelines.map(({ exporters }) => exporters.map(({ id }) => id))).toEqual([
      ['otlp', 'otlp_http/jaeger'],
      ['debug/in-place-of-logging'],
      ['otlp_http/jaeger'],
    ]);
    expect(notes).toContainEqual(expect.stringMatching(/^exporter "logging" is replaced by debug/));
    expect(imageGaps({ tiers })).toEqual([]);
    const gaps = imageGaps(load(old(contrib)));
    expect(gaps.map(({ component }) => component.id)).toEqual(['jaeger', 'logging']);
  });

  it('stay what they are where no distribution has them', () => {
    const unknown = custom(contrib).replaceAll('datadog', 'datadgo');
    expect(() => load(unknown)).toThrow('exporter "datadgo": where it sends to is not understood');
  });
});

it('an exporter to Kafka is replaced for the broker, which nobody runs', () => {
  const pipeline = load(custom(contrib).replaceAll('datadog', 'kafka'));
  expect(replacedIn(pipeline).map(({ message }) => message)).toContain(
    'exporter "kafka" of tier "gw" has no broker',
  );
  expect(pipeline.notes.join('\n')).toMatch(
    /exporter "kafka" is replaced by .*: no broker of Kafka stands/,
  );
});
