import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ResourceEdit } from './edits.ts';
import { loadPipeline } from './load.ts';
import { mistakesOf } from './two-tier.testing.ts';

/** A gateway as people write it without the operator: its configuration is a text. */
const plainly = 'endpoint: "tempo:4317", tls: { insecure: true }';
const ownAuthority = 'endpoint: "https://tempo:4317", tls: { ca_file: /x/ca.crt }';
const raw = (kind: 'ConfigMap' | 'Secret', exporter = plainly): string => `
apiVersion: v1
kind: ${kind}
metadata: { name: gw, namespace: obs }
${kind === 'ConfigMap' ? 'data' : 'stringData'}:
  c.yaml: |
    # Lines count as they are in the file.
    receivers: { otlp: { protocols: { grpc: { endpoint: 0.0.0.0:4317 } } } }
    processors:
      tail_sampling: { decision_wait: 5s, policies: [{ name: all, type: always_sample }] }
    exporters: { otlp: { ${exporter} } }
    service: { pipelines: { traces: { receivers: [otlp], processors: [tail_sampling], exporters: [otlp] } } }
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
          args: [--config=/conf/c.yaml]
          volumeMounts: [{ name: c, mountPath: /conf }]
      volumes: [{ name: c, ${kind === 'ConfigMap' ? 'configMap: { name: gw }' : 'secret: { secretName: gw }'} }]
`;
const filesOf = (text: string) => [{ path: 'raw.yaml', text }];
const inMap = 'ConfigMap/gw:data["c.yaml"]';

/** As `--set` reads it. */
function set(written: string): ResourceEdit {
  const [, resource = '', path = '', value = ''] = /^([^:]+):([^=]+)=(.*)$/.exec(written) ?? [];
  return { resource, path, value: parse(value), origin: `--set ${written}` };
}

describe('a configuration that is a text in a ConfigMap or Secret', () => {
  it.each([
    ['ConfigMap', inMap],
    ['Secret', 'Secret/gw:stringData["c.yaml"]'],
  ] as const)('is set in part: %s', (kind, at) => {
    const load = (...edits: string[]) => loadPipeline('x', filesOf(raw(kind)), edits.map(set));
    const { tiers, backends } = load(
      `${at}.processors.tail_sampling.decision_wait=20s`,
      `${at}.exporters.otlp.endpoint=archive:4317`,
    );
    expect(tiers[0]?.tailSampling?.decisionWaitMs).toBe(20_000);
    expect(backends.map(({ id }) => id)).toEqual(['archive:4317']);
    const { place } = tiers[0]?.tailSampling?.component ?? {};
    expect(place).toMatchObject({ file: 'raw.yaml', line: 10 });
    expect(place?.setBy).toBeUndefined();
    const volume = tiers[0]?.workload.volumes[0]?.source;
    expect(JSON.stringify(volume)).toContain('archive:4317');
  });

  it('says what set a mistake, and else its line of the file', () => {
    const ofSet = `${inMap}.processors.tail_sampling.decision_wait=20`;
    const broken = raw('ConfigMap').replace('exporters: [otlp] } }', 'exporters: [oltp] } }');
    expect(mistakesOf(filesOf(broken), [set(ofSet)])).toEqual([
      expect.stringMatching(/^raw\.yaml:10:\d+ decision_wait: found 20, .* \(set by --set Config/),
      expect.stringMatching(/^raw\.yaml:12:\d+ .*"oltp"/),
    ]);
  });

  it.each([
    [`${inMap}.procesors.x=1`, /ConfigMap\/gw has no data\.c\.yaml\.procesors; .*"processors"/],
    ['ConfigMap/gw:data["d.yaml"].x=1', /has no data\.d\.yaml; known: c\.yaml/],
    [
      'ConfigMap/gw:data["c.yaml"].receivers.otlp.protocols.grpc.endpoint.x=1',
      /has no .*endpoint\.x/,
    ],
    ['ConfigMap/gw:metadata.namespace.x=1', /has no metadata\.namespace\.x/],
  ])('refuses a path that leads nowhere: %s', (written, expected) => {
    expect(mistakesOf(filesOf(raw('ConfigMap')), [set(written)])[0]).toMatch(expected);
  });

  it('refuses to set a part of a text that has none', () => {
    const text = `${raw('ConfigMap')}---\n{ apiVersion: v1, kind: ConfigMap, metadata: { name: t }, data: { a: "x: [", b: word } }\n`;
    for (const key of ['a', 'b']) {
      expect(mistakesOf(filesOf(text), [set(`ConfigMap/t:data.${key}.c=1`)])[0]).toMatch(
        `ConfigMap/t has a text at data.${key} that is no mapping of YAML. Hint: set the whole`,
      );
    }
  });

  it.each(['ConfigMap', 'Secret'] as const)('a hint is a command that works: %s', (kind) => {
    const files = filesOf(raw(kind, ownAuthority));
    const [mistake = '', ...more] = mistakesOf(files);
    expect(more).toEqual([]);
    const [, command = ''] = /--set '([^']*)'/.exec(mistake) ?? [];
    expect(command).not.toContain('<resource>');
    expect(mistakesOf(files, [set(command)])).toEqual([]);
  });

  it('a hint names no path that an edit does not reach', () => {
    const plain = raw('Secret', ownAuthority);
    const [, text = ''] = /c\.yaml: \|\n((?: {4}.*\n)+)/.exec(plain) ?? [];
    const encoded = Buffer.from(text.replaceAll(/^ {4}/gm, '')).toString('base64');
    const files = filesOf(
      plain.replace(`|\n${text}`, `${encoded}\n`).replace('stringData:', 'data:'),
    );
    const [mistake = '', ...more] = mistakesOf(files);
    expect(more).toEqual([]);
    expect(mistake).toMatch(/an authority of its own: .*Hint: change it there/);
    expect(mistake).not.toContain('--set');
  });
});
