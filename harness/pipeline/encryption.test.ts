import { describe, expect, it } from 'vitest';
import { runAuthority } from './issued.ts';
import { loadPipeline } from './load.ts';
import { edit, files, mistakesOf } from './two-tier.testing.ts';

const loki = 'spec.config.exporters.otlp_http/loki';
const toVendor = (tls: unknown) => [
  edit('gateway', loki, { endpoint: 'https://otlp.vendor.example', tls }),
];

/** A Secret that the folder lacks, at a path of the gateway's pods. */
const mounted = (mountPath: string) => [
  edit('gateway', 'spec.volumes', [{ name: 'own', secret: { secretName: 'own' } }]),
  edit('gateway', 'spec.volumeMounts', [{ name: 'own', mountPath }]),
];

describe('a hop that is encrypted', () => {
  it.each<[string, unknown]>([
    ['nothing is said of whom it trusts', {}],
    ['it trusts whom its image does', { ca_file: '/etc/ssl/certs/ca-certificates.crt' }],
    ['it trusts these as well', { ca_file: '/x/ca.crt', include_system_ca_certs_pool: true }],
    ['it trusts everybody', { ca_file: '/x/ca.crt', insecure_skip_verify: true }],
  ])('ends at the recorder where %s', (_, tls) => {
    const { backends } = loadPipeline('x', files, [...toVendor(tls), ...mounted('/x')]);
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

describe('a file of TLS', () => {
  const receiver = 'spec.config.receivers.otlp.protocols.grpc';
  const ending = (folder: string) => [
    edit('gateway', receiver, {
      endpoint: '0.0.0.0:4317',
      tls: { cert_file: `${folder}/tls.crt`, key_file: `${folder}/tls.key` },
    }),
  ];

  it('that no volume of the pod has is told at its place', () => {
    expect(mistakesOf(files, ending('/certs'))).toEqual(
      ['cert', 'key'].map((what, i) =>
        expect.stringContaining(
          `${what}_file of "otlp" is /certs/tls.${['crt', 'key'][i]}, which no volume of the pod has: the collector would not start`,
        ),
      ),
    );
    expect(mistakesOf(files, [...ending('/certs'), ...mounted('/cert')])).toHaveLength(2);
    expect(mistakesOf(files, ending('.'))).toHaveLength(2);
  });

  it('of a Secret that the folder lacks is made, and a variable’s is not known', () => {
    const { tiers } = loadPipeline('x', files, [...ending('/certs'), ...mounted('/certs')]);
    expect(tiers.find(({ name }) => name === 'gateway')?.tlsEnds?.[0]?.pair).toBeDefined();
    expect(loadPipeline('x', files, ending(`\${env:CERTS}`)).tiers).toHaveLength(2);
  });

  it('of such a Secret is one that the configuration asks for, whatever it is called', () => {
    const own = [
      edit('gateway', receiver, {
        endpoint: '0.0.0.0:4317',
        tls: { cert_file: '/certs/server.crt', key_file: '/certs/server.key' },
      }),
      ...mounted('/certs'),
    ];
    const { tiers } = loadPipeline('x', files, own);
    expect(tiers.find(({ name }) => name === 'gateway')?.tlsEnds?.[0]?.pair).toBeDefined();
  });

  it('that a client is shown is told as well, where nobody else tells of it', () => {
    const shown = toVendor({ cert_file: '/x/tls.crt', ca_file: '/x/ca.crt' });
    expect(mistakesOf(files, shown)).toEqual([
      expect.stringContaining('trusts an authority of its own'),
      expect.stringContaining('cert_file of "otlp_http/loki" is /x/tls.crt, which no volume'),
    ]);
  });
});
