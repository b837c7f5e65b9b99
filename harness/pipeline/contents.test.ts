import { describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { loadPipeline } from './load.ts';

const written = (env: string, more = ''): string => `apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  image: otel/opentelemetry-collector-contrib:0.152.0
  ${env}
  config:
    receivers: { otlp: { protocols: { http: {} } } }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
${more}`;
const load = (env: string, more?: string) =>
  loadPipeline('x', [{ path: 'x.yaml', text: written(env, more) }]);
const other = `---
apiVersion: v1
kind: Secret
metadata: { name: vendor, namespace: obs }
stringData: { api-key: known }
`;
const keyOf = (name: string, more = ''): string =>
  `env: [{ name: KEY, valueFrom: { secretKeyRef: { name: ${name}, key: api-key${more} } } }]`;

describe('a Secret that the folder does not have', () => {
  it.each([
    ['a variable', keyOf('vendor')],
    ['all variables', 'envFrom: [{ secretRef: { name: vendor } }]'],
    ['a volume', 'volumes: [{ name: v, secret: { secretName: vendor } }]'],
  ])('is a note where %s comes of it', (_, env) => {
    const { notes } = load(env);
    expect(notes.filter((note) => note.includes('vendor'))).toEqual([
      'the folder has no Secret "vendor" in namespace obs: placeholders stand for what it holds',
    ]);
  });

  it('has a placeholder for each key that is asked for', () => {
    const items = '[{ key: tls.crt, path: a.crt }]';
    const volumes = `volumes: [{ name: v, secret: { secretName: vendor, items: ${items} } }]`;
    const variable = (env: string) =>
      load(env).tiers[0]?.workload.environment.find(({ name }) => name === 'KEY')?.value;
    expect(variable(keyOf('vendor'))).toEqual({ literal: 'placeholder-vendor-api-key' });
    expect(variable(keyOf('vendor', ', optional: true'))).toBeUndefined();
    const files = load(volumes).tiers[0]?.workload.volumes.find(({ name }) => name === 'v');
    expect(files?.source).toEqual({ files: { 'a.crt': 'issued://obs/vendor/tls.crt' } });
  });

  it.each([
    ['endpoint', 'https://placeholder-vendor.invalid:443'],
    ['OTLP_HOSTNAME', 'placeholder-vendor.invalid'],
    ['grpc-port', '443'],
    ['support', 'placeholder-vendor-support'],
  ])('has a placeholder for %s that can stand there', (key, literal) => {
    const env = keyOf('vendor').replace('api-key', key);
    const [tier] = load(env).tiers;
    expect(tier?.workload.environment).toContainEqual({ name: 'KEY', value: { literal } });
  });

  it('sets nothing where it is optional, and that is what the note says', () => {
    const { notes } = load(keyOf('vendor', ', optional: true'));
    expect(notes.filter((note) => note.includes('vendor'))).toEqual([
      'the folder has no Secret "vendor" in namespace obs: it is optional, and what it would set stays unset',
    ]);
  });

  it('is a mistake where its name is a slip of one that is there', () => {
    expect(() => load(keyOf('vendr'), other)).toThrow(UserError);
    expect(() => load(keyOf('vendr'), other)).toThrow(/no Secret "vendr".*did you mean "vendor"/);
    expect(load(keyOf('vendor'), other).notes).toEqual([]);
  });
});
