import { describe, expect, it } from 'vitest';
import { runAuthority } from './issued.ts';
import { loadPipeline } from './load.ts';
import { edit, files, mistakesOf } from './two-tier.testing.ts';

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

  it('is followed where that authority is in the folder: the run’s is trusted beside it', () => {
    const authority = {
      path: 'authority.yaml',
      text: [
        'apiVersion: v1',
        'kind: ConfigMap',
        'metadata: { name: authority, namespace: observability }',
        'data: { ca.crt: own }',
      ].join('\n'),
    };
    const { tiers } = loadPipeline(
      'x',
      [...files, authority],
      [
        ...toVendor({ ca_file: '/own/ca.crt' }),
        edit('gateway', 'spec.volumes', [{ name: 'own', configMap: { name: 'authority' } }]),
        edit('gateway', 'spec.volumeMounts', [{ name: 'own', mountPath: '/own' }]),
      ],
    );
    const volumes = tiers.find(({ name }) => name === 'gateway')?.workload.volumes ?? [];
    const mounted = volumes.flatMap(({ source }) => ('files' in source ? [source.files] : []));
    expect(mounted).toContainEqual({ 'ca.crt': `own\n${runAuthority}` });
  });

  it('may name its own authority where it is not encrypted', () => {
    const edits = [edit('gateway', `${loki}.tls`, { ca_file: '/x/ca.crt' })];
    expect(loadPipeline('x', files, edits).backends.every(({ tls }) => !tls)).toBe(true);
  });
});
