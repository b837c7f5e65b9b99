import { describe, expect, it } from 'vitest';
import { readCertificates, withIssued } from './certificates.ts';
import { readContents } from './contents.ts';
import { marksOf } from './issued.ts';
import { readResources } from './manifests.ts';

const issuer = (name: string, spec: string, kind = 'Issuer', namespace = 'obs') => `
apiVersion: cert-manager.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
const certificate = (spec: string) => `
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: gateway, namespace: obs }
spec: { secretName: gateway-tls, ${spec} }
`;

function read(...documents: readonly string[]) {
  const { resources } = readResources([{ path: 'c.yaml', text: documents.join('---\n') }], []);
  const contents = readContents(resources);
  const issued = readCertificates(resources, contents);
  return { ...issued, contents: withIssued(contents, issued.secrets) };
}

const by = (name: string, kind = 'Issuer') => `issuerRef: { name: ${name}, kind: ${kind} }`;
const named = 'dnsNames: [gateway.obs.svc]';

describe('what cert-manager makes of a Certificate', () => {
  it('is a Secret of the names, dates and usages that it asks for', () => {
    const own = certificate(`${named}, duration: 2h, usages: [server auth], ${by('self')}`);
    const { secrets, problems, notes, contents } = read(issuer('self', '{ selfSigned: {} }'), own);
    expect([...problems, ...notes]).toEqual([]);
    expect(secrets).toEqual([
      {
        namespace: 'obs',
        name: 'gateway-tls',
        commonName: '',
        names: ['gateway.obs.svc'],
        addresses: [],
        isAuthority: false,
        usages: ['server auth'],
        durationMs: 7_200_000,
        by: 'itself',
      },
    ]);
    expect(contents.get('Secret/obs/gateway-tls')).toEqual(marksOf('obs', 'gateway-tls'));
  });

  it('is signed by the pair of its issuer, whether that is made too or is in the folder', () => {
    const ca = issuer('ca', '{ ca: { secretName: gateway-tls } }');
    const { secrets } = read(ca, certificate(`${named}, ${by('ca')}`));
    const marks = marksOf('obs', 'gateway-tls');
    expect(secrets[0]?.by).toEqual({ certificate: marks['tls.crt'], key: marks['tls.key'] });
    const secret = `
apiVersion: v1
kind: Secret
metadata: { name: root, namespace: cert-manager }
stringData: { tls.crt: C, tls.key: K }
`;
    const ofCluster = issuer('ca', '{ ca: { secretName: root } }', 'ClusterIssuer');
    const found = read(ofCluster, secret, certificate(`${named}, ${by('ca', 'ClusterIssuer')}`));
    expect(found.secrets[0]?.by).toEqual({ certificate: 'C', key: 'K' });
  });

  it('is signed by the run where nobody knows the real authority, which is said', () => {
    const acme = read(issuer('le', '{ acme: {} }'), certificate(`${named}, ${by('le')}`));
    expect(acme.secrets[0]?.by).toBe('run');
    expect(acme.notes.join()).toContain('in the stead of Issuer "le" of type acme');
    const cluster = read(certificate(`${named}, ${by('le', 'ClusterIssuer')}`));
    expect(cluster.notes.join()).toContain('ClusterIssuer "le", which the folder does not have');
    expect(read(certificate(`${named}, ${by('le')}`)).notes.join()).toContain('Issuer "le", which');
    const ca = issuer('ca', '{ ca: { secretName: root } }');
    const absent = read(ca, certificate(`${named}, ${by('ca')}`));
    expect(absent.secrets[0]?.by).toBe('run');
    expect(absent.notes.join()).toContain('no Secret "root" of Issuer "ca"');
  });

  it('is nothing where cert-manager would sign nothing, which is a mistake with its place', () => {
    const self = issuer('self', '{ selfSigned: {} }');
    const elsewhere = issuer('self', '{ selfSigned: {} }', 'Issuer', 'other');
    const own = certificate(`${named}, ${by('self')}`);
    const slip = read(self, certificate(`${named}, ${by('selv')}`));
    expect(slip.problems[0]).toMatchObject({
      message: 'the folder has no Issuer "selv" in namespace obs',
      hint: 'did you mean "self"?',
    });
    expect(read(elsewhere, own).problems[0]?.hint).toContain('make it a ClusterIssuer');
    const nameless = read(self, certificate(by('self')));
    expect(nameless.problems[0]?.message).toContain('cert-manager signs no certificate of none');
    expect(nameless.secrets).toEqual([]);
  });
});
