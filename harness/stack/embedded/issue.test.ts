import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type IssuedSecret, marksOf, runAuthority } from '../../pipeline/issued.ts';
import { createCertificate, type ServerCertificate, sign } from './api/certificate.ts';
import { issueSecrets, withIssuedSecrets } from './issue.ts';
import type { InnerSpec } from './protocol.ts';

const nowMs = Date.UTC(2030, 0, 1);
const secret = (name: string, own: Partial<IssuedSecret>): IssuedSecret => ({
  namespace: 'obs',
  name,
  commonName: name,
  names: [`${name}.obs.svc`],
  addresses: [],
  isAuthority: false,
  usages: [],
  durationMs: 3_600_000,
  by: 'run',
  ...own,
});
const byPair = (name: string): IssuedSecret['by'] => {
  const marks = marksOf('obs', name);
  return { certificate: marks['tls.crt'], key: marks['tls.key'] };
};

let run: ServerCertificate;
beforeAll(async () => {
  run = await createCertificate('run', [], [], nowMs);
});

async function issued(...secrets: IssuedSecret[]) {
  const made = await issueSecrets(secrets, run, nowMs);
  return (name: string) => {
    const { 'tls.crt': crt, 'tls.key': key, 'ca.crt': ca } = marksOf('obs', name);
    const [chain = '', private_ = '', authority = ''] = [crt, key, ca].map((m) => made.get(m));
    return {
      chain,
      leaf: new X509Certificate(chain),
      key: createPrivateKey(private_),
      authority: new X509Certificate(authority),
    };
  };
}

describe('Secrets that the run makes', () => {
  it('hold a certificate of their names and dates, its key, and who signed it', async () => {
    const { leaf, key, authority } = (await issued(secret('gateway', { usages: ['server auth'] })))(
      'gateway',
    );
    expect(leaf.checkHost('gateway.obs.svc')).toBe('gateway.obs.svc');
    expect(leaf.checkHost('other.obs.svc')).toBeUndefined();
    expect(leaf.checkPrivateKey(key)).toBe(true);
    expect(Date.parse(leaf.validTo)).toBe(nowMs + 3_600_000);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(authority.toString()).toBe(new X509Certificate(run.authority).toString());
    expect(leaf.verify(authority.publicKey)).toBe(true);
  });

  it('are signed in turn, whatever their order; roots are no part of a chain', async () => {
    const of = await issued(
      secret('gateway', { by: byPair('middle') }),
      secret('middle', { by: byPair('root'), isAuthority: true }),
      secret('root', { by: 'itself', isAuthority: true }),
    );
    const [gateway, middle, root] = [of('gateway'), of('middle'), of('root')];
    expect(root.leaf.ca).toBe(true);
    expect(root.authority.toString()).toBe(root.leaf.toString());
    expect(middle.chain.match(/BEGIN/g)).toHaveLength(1);
    expect(middle.leaf.verify(root.leaf.publicKey)).toBe(true);
    expect(gateway.chain.match(/BEGIN/g)).toHaveLength(2);
    expect(gateway.leaf.verify(middle.leaf.publicKey)).toBe(true);
    expect(gateway.leaf.checkIssued(middle.leaf)).toBe(true);
  });

  it.each(['rsa', 'ec'] as const)('may be signed by a key of a folder’s own: %s', async (type) => {
    const { privateKey, publicKey } =
      type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    const old = type === 'rsa' ? 'pkcs1' : 'sec1';
    const key = privateKey.export({ type: old, format: 'pem' }).toString();
    const own = await sign({
      subject: 'own',
      names: [],
      addresses: [],
      isAuthority: true,
      usages: [],
      fromMs: nowMs,
      toMs: nowMs + 1,
    });
    const of = await issued(secret('gateway', { by: { certificate: own.certificate, key } }));
    expect(of('gateway').leaf.verify(publicKey)).toBe(true);
    expect(of('gateway').leaf.issuer).toBe('CN=own');
  });

  it('are not made where each waits for another', async () => {
    const loop = [secret('a', { by: byPair('b') }), secret('b', { by: byPair('a') })];
    await expect(issued(...loop)).rejects.toThrow('no authority can sign a, b');
  });

  it('stand wherever their marks stood', async () => {
    const marks = marksOf('obs', 'gateway');
    const spec = {
      pipeline: { issued: [secret('gateway', {})] },
      collectors: [{ files: { '/tls/tls.crt': marks['tls.crt'], '/ca': `own\n${runAuthority}` } }],
    } as unknown as InnerSpec;
    const { collectors } = await withIssuedSecrets(spec, run, nowMs);
    const files = collectors[0]?.files ?? {};
    expect(new X509Certificate(files['/tls/tls.crt'] ?? '').subject).toBe('CN=gateway');
    expect(files['/ca']).toBe(`own\n${run.authority}`);
  });
});
