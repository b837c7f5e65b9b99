import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { changed, edit, files, mistakesOf } from './two-tier.testing.ts';

const loki = 'spec.config.exporters.otlp_http/loki';
const toVendor = (tls: unknown) => [
  edit('gateway', loki, { endpoint: 'https://otlp.vendor.example', tls }),
];

describe('a hop that is encrypted', () => {
  it.each<[string, unknown]>([
    ['nothing is said of whom it trusts', {}],
    ['it trusts whom its image does', { ca_file: '/etc/ssl/certs/ca-certificates.crt' }],
    ['it trusts these as well', { ca_file: '/x/ca.crt', include_system_ca_certs_pool: true }],
    ['it trusts everybody', { ca_file: '/x/ca.crt', insecure_skip_verify: true }],
  ])('ends at the recorder where %s', (_, tls) => {
    const { backends } = loadPipeline('x', files, toVendor(tls));
    expect(backends.find(({ id }) => id === 'otlp.vendor.example:443')).toMatchObject({
      kind: 'otlp',
      tls: true,
      signals: ['logs'],
    });
  });

  it.each([{ ca_file: '/x/ca.crt' }, { ca_pem: 'PEM' }])(
    'is not followed where its exporter trusts an authority of its own: %o',
    (tls) => {
      const [mistake, ...more] = mistakesOf(files, toVendor(tls));
      expect(mistake).toContain('"otlp_http/loki" trusts an authority of its own');
      expect(mistake).toContain(`--set 'OpenTelemetryCollector/gateway:${loki}.tls={}'`);
      expect(more).toEqual([]);
    },
  );

  it('may name its own authority where it is not encrypted', () => {
    const edits = [edit('gateway', `${loki}.tls`, { ca_file: '/x/ca.crt' })];
    expect(loadPipeline('x', files, edits).backends.every(({ tls }) => !tls)).toBe(true);
  });

  it('is not followed into a receiver that has a key of its own', () => {
    const own = 'endpoint: 0.0.0.0:4317, tls: { cert_file: /t/tls.crt, key_file: /t/tls.key }';
    const encrypted = changed('gateway.yaml', 'endpoint: 0.0.0.0:4317', own);
    expect(mistakesOf(encrypted)).toEqual([
      expect.stringMatching(/^gateway\.yaml:\d+:\d+ receiver "otlp" ends TLS by a key of its own/),
    ]);
  });
});
