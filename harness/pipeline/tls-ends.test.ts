import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { marksOf, runAuthority } from './issued.ts';
import { loadPipeline } from './load.ts';
import { unfoldRoutes } from './routes.ts';
import { edit, mistakesOf } from './two-tier.testing.ts';

const folder = new URL('../../fixtures/pipelines/tls-between-tiers/', import.meta.url);
const all = readdirSync(folder).map((path) => ({
  path,
  text: readFileSync(new URL(path, folder), 'utf8'),
}));
/** As people have it in their repository: without Secrets, and without what makes them. */
const bare = all.filter(({ path }) => path !== 'certificates.yaml' && path !== 'expired.yaml');
const receiver = 'spec.config.receivers.otlp.protocols.grpc.tls';
const asking = edit('gateway', `${receiver}.client_ca_file`, '/etc/otel/tls/ca.crt');
const showing = [
  edit(
    'agent',
    'spec.config.exporters.loadbalancing.protocol.otlp.tls.cert_file',
    '/etc/otel/own/tls.crt',
  ),
  edit(
    'agent',
    'spec.config.exporters.loadbalancing.protocol.otlp.tls.key_file',
    '/etc/otel/own/tls.key',
  ),
];

function read(files: typeof all, ...edits: ReturnType<typeof edit>[]) {
  const pipeline = loadPipeline('x', files, edits);
  const tier = (name: string) => pipeline.tiers.find((one) => one.name === name);
  const end = tier('gateway')?.tlsEnds?.[0];
  const filesOf = (name: string, volume: string) => {
    const source = tier(name)?.workload.volumes.find((one) => one.name === volume)?.source;
    return source && 'files' in source ? source.files : {};
  };
  return { pipeline, end, filesOf };
}

describe('a receiver that ends TLS', () => {
  it('does so by the pair that its pod mounts, whoever made it', () => {
    const marks = marksOf('observability', 'gateway-tls');
    const { end, pipeline } = read(all);
    expect(end).toMatchObject({
      receiver: 'otlp',
      protocol: 'grpc',
      port: 4317,
      pair: { certificate: marks['tls.crt'], key: marks['tls.key'] },
      from: 'Secret/gateway-tls',
    });
    expect(end).not.toHaveProperty('unrecorded');
    expect(pipeline.issued?.map(({ name }) => name)).toEqual([
      'otel-authority',
      'gateway-tls',
      'agent-tls',
    ]);
    expect(pipeline.notes).toEqual([]);
    const expired = edit('gateway', 'spec.volumes[0].secret.secretName', 'expired-tls');
    expect(read(all, expired).end?.pair?.certificate).toContain('BEGIN CERTIFICATE');
    expect(read(all, expired).end?.from).toBe('Secret/expired-tls');
  });

  it('finds them at a path that is written otherwise', () => {
    const mounted = edit('gateway', 'spec.volumeMounts[0].mountPath', '/etc/otel/tls/');
    const named = edit('gateway', `${receiver}.cert_file`, '/etc/otel//tls/./tls.crt');
    expect(read(all, mounted, named).end?.from).toBe('Secret/gateway-tls');
  });

  it('has a placeholder where the folder lacks its Secret, good for whoever asks by name', () => {
    const { end, pipeline, filesOf } = read(bare);
    expect(end?.pair?.certificate).toBe(marksOf('observability', 'gateway-tls')['tls.crt']);
    const placeholder = pipeline.issued?.find(({ name }) => name === 'gateway-tls');
    expect(placeholder).toMatchObject({ by: 'run' });
    expect(placeholder?.names).toContain('gateway-collector.observability.svc');
    expect(filesOf('agent', 'authority')['ca.crt']).toContain(runAuthority);
  });

  it('is not recorded where nobody knows its pair: its way is unclear, by name', () => {
    const pair = { cert_pem: `$\{env:CERT}`, key_pem: `$\{env:KEY}` };
    const own = { name: 'CERT', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } };
    const { end, pipeline } = read(
      all,
      edit('gateway', receiver, pair),
      edit('gateway', 'spec.env', [own]),
    );
    expect(end?.unrecorded).toContain('files that the folder does not have');
    const [route] = unfoldRoutes(pipeline, 'traces') ?? [];
    expect(route?.unclear).toEqual([{ hop: 'gateway', why: end?.unrecorded }]);
    expect(unfoldRoutes(read(all).pipeline, 'traces')?.[0]?.unclear).toEqual([]);
  });

  it('can’t be run by files of a volume that nobody knows: a mistake with its place', () => {
    const volumes = edit('gateway', 'spec.volumes', [{ name: 'tls', hostPath: { path: '/tls' } }]);
    const [mistake, ...more] = mistakesOf(all, [volumes]);
    expect(mistake).toMatch(/gateway\.yaml:\d+:\d+ cert_file of "otlp" is in volume "tls"/);
    expect(more).toHaveLength(1);
    const agents = edit('agent', 'spec.volumes[0]', { name: 'authority', emptyDir: {} });
    const told = mistakesOf(all, [agents]).map((one) => one.slice(0, one.indexOf(' is in volume')));
    expect(told).toEqual([
      expect.stringContaining('ca_file of "loadbalancing"'),
      expect.stringContaining('ca_file of "otlp_grpc/gateway"'),
    ]);
  });

  it('knows the certificates of its senders where it asks for them', () => {
    const own = marksOf('observability', 'agent-tls');
    const { end } = read(all, asking, ...showing);
    expect(end?.asks).toEqual({
      authority: marksOf('observability', 'gateway-tls')['ca.crt'],
      file: '/etc/otel/tls/ca.crt',
      senders: [{ certificate: own['tls.crt'], key: own['tls.key'] }],
    });
    expect(read(all, asking).end?.asks?.senders).toEqual([]);
    const pem = showing.map((one) => ({ ...one, path: one.path.replace('_file', '_pem') }));
    expect(read(all, asking, ...pem).end?.asks?.senders).toHaveLength(1);
    const [, key] = showing;
    expect(read(all, asking, ...(key ? [pem[0] as typeof key] : [])).end?.unrecorded).toContain(
      'a sender shows',
    );
  });
});

describe('who trusts an authority of the folder’s', () => {
  const own = edit('agent', 'spec.volumes[0]', { name: 'authority', configMap: { name: 'root' } });
  const root = {
    path: 'root.yaml',
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: root, namespace: observability }\ndata: { ca.crt: PEM }\n',
  };

  it('trusts a placeholder beside it', () => {
    expect(read([...bare, root], own).filesOf('agent', 'authority')['ca.crt']).toBe(
      `PEM\n${runAuthority}`,
    );
  });

  it('does not trust what the folder itself gives a receiver: that may be wrong', () => {
    expect(read([...all, root], own).filesOf('agent', 'authority')['ca.crt']).toBe('PEM');
  });

  it('trusts what it meets where the authority is the placeholder', () => {
    const expired = edit('gateway', 'spec.volumes[0].secret.secretName', 'expired-tls');
    const secret = all.filter(({ path }) => path === 'expired.yaml');
    const { filesOf, end } = read([...bare, ...secret], expired);
    expect(filesOf('agent', 'authority')['ca.crt']).toContain(end?.pair?.certificate);
  });
});
