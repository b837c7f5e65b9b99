import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface ServerCertificate {
  /** PEM, to be put in place as every ServiceAccount's `ca.crt`. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A certificate and its key, PEM. */
export interface Signed {
  readonly certificate: string;
  readonly key: string;
}

export interface Wanted {
  readonly subject: string;
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly isAuthority: boolean;
  /** Extended usages; none: any. */
  readonly usages: readonly ('server' | 'client')[];
  readonly fromMs: number;
  readonly toMs: number;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const validDays = 2;
const msPerDay = 86_400_000;

/** A fresh certificate of a server, signed by itself; its key never leaves the run. */
export async function createCertificate(
  subject: string,
  names: readonly string[],
  addresses: readonly string[],
  nowMs: number,
): Promise<ServerCertificate> {
  const [fromMs, toMs] = [nowMs - msPerDay, nowMs + validDays * msPerDay];
  const wanted = { subject, names, addresses, isAuthority: true, usages: [], fromMs, toMs };
  const { certificate, key } = await sign(wanted);
  return { authority: certificate, certificate, key };
}

/**
 * A certificate with a key of its own.
 * @param by the pair of the authority that signs it, by its first certificate; itself without one
 */
export async function sign(wanted: Wanted, by?: Signed): Promise<Signed> {
  x509.cryptoProvider.set(crypto);
  const { subject, names, addresses, isAuthority, usages, fromMs, toMs } = wanted;
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const oids = usages.map((usage) => (usage === 'server' ? serverAuth : clientAuth));
  const alternatives = [
    ...names.map((value) => ({ type: 'dns', value }) as const),
    ...addresses.map((value) => ({ type: 'ip', value }) as const),
  ];
  const signer = by
    ? { issuer: new x509.X509Certificate(by.certificate).subject, ...(await signingBy(by.key)) }
    : { issuer: nameOf(subject), signingKey: keys.privateKey, signingAlgorithm: algorithm };
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: crypto.randomUUID().replaceAll('-', '').replace(/^./, '1'),
    subject: nameOf(subject),
    notBefore: new Date(fromMs),
    notAfter: new Date(toMs),
    publicKey: keys.publicKey,
    ...signer,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
      ...(oids.length > 0 ? [new x509.ExtendedKeyUsageExtension(oids)] : []),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: certificate.toString('pem'),
    key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  };
}

const nameOf = (subject: string): string =>
  subject === '' ? '' : new x509.Name([{ CN: [subject] }]).toString();

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** A private key in whatever PEM people keep it. */
async function signingBy(pem: string) {
  const key = createPrivateKey(pem);
  const { namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const signingAlgorithm =
    key.asymmetricKeyType === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : key.asymmetricKeyType === 'ec'
        ? { ...algorithm, namedCurve: curves[namedCurve] ?? namedCurve }
        : { name: 'Ed25519' };
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const signingKey = await crypto.subtle.importKey('pkcs8', der, signingAlgorithm, false, ['sign']);
  return { signingKey, signingAlgorithm };
}
