import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

export interface ServerCertificate {
  /** PEM, to be put in place as every ServiceAccount's `ca.crt`. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
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
  x509.cryptoProvider.set(crypto);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${subject}`,
    notBefore: new Date(nowMs - msPerDay),
    notAfter: new Date(nowMs + validDays * msPerDay),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns', value }) as const),
        ...addresses.map((value) => ({ type: 'ip', value }) as const),
      ]),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const pem = certificate.toString('pem');
  return { authority: pem, certificate: pem, key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}
