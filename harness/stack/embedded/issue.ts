import { X509Certificate } from 'node:crypto';
import { type IssuedSecret, marksOf, runAuthority, withoutMarks } from '../../pipeline/issued.ts';
import { type ServerCertificate, type Signed, sign } from './api/certificate.ts';
import type { InnerSpec } from './protocol.ts';

/**
 * Makes the Secrets that a pipeline leaves to the run, as cert-manager would: who signs is made
 * before what it signs.
 *
 * @param authority the run's own
 * @returns what each mark stands for
 * @throws Error where a chain of issuers ends nowhere
 */
export async function issueSecrets(
  secrets: readonly IssuedSecret[],
  authority: ServerCertificate,
  nowMs: number,
): Promise<ReadonlyMap<string, string>> {
  const issued = new Map([[runAuthority, authority.authority]]);
  let left = secrets;
  while (left.length > 0) {
    const later: IssuedSecret[] = [];
    for (const secret of left) {
      const by = signerOf(secret, authority, issued);
      if (by === 'later') later.push(secret);
      else await issue(secret, by, issued, nowMs);
    }
    if (later.length === left.length) {
      const names = later.map(({ name }) => name).join(', ');
      throw new Error(`no authority can sign ${names}: each waits for another`);
    }
    left = later;
  }
  return issued;
}

function signerOf(
  { by }: IssuedSecret,
  authority: ServerCertificate,
  issued: ReadonlyMap<string, string>,
): Signed | undefined | 'later' {
  if (by === 'itself') return undefined;
  if (by === 'run') return authority;
  const [certificate, key] = [by.certificate, by.key].map((pem) => withoutMarks(pem, issued));
  const isMade = certificate?.includes('-----BEGIN') && key?.includes('-----BEGIN');
  return isMade ? { certificate: certificate ?? '', key: key ?? '' } : 'later';
}

async function issue(
  secret: IssuedSecret,
  by: Signed | undefined,
  issued: Map<string, string>,
  nowMs: number,
): Promise<void> {
  const usages = (['server', 'client'] as const).filter((one) =>
    secret.usages.includes(`${one} auth`),
  );
  const own = await sign(
    {
      subject: secret.commonName,
      names: secret.names,
      addresses: secret.addresses,
      isAuthority: secret.isAuthority,
      usages,
      fromMs: nowMs - 1_000,
      toMs: nowMs + secret.durationMs,
    },
    by,
  );
  const above = by ? certificatesIn(by.certificate) : [];
  const isRoot = (pem: string): boolean => {
    const certificate = new X509Certificate(pem);
    return certificate.checkIssued(certificate);
  };
  const marks = marksOf(secret.namespace, secret.name);
  // The root is left out of the chain; the highest that is known is the authority (cert-manager
  // v1.11, pkg/util/pki, ParseSingleCertificateChain).
  const chain = [own.certificate, ...above.filter((pem) => !isRoot(pem))];
  issued.set(marks['tls.crt'], `${chain.join('\n')}\n`);
  issued.set(marks['tls.key'], `${own.key}\n`);
  issued.set(marks['ca.crt'], `${above.at(-1) ?? own.certificate}\n`);
}

const certificatesIn = (pem: string): string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];

/** What a run is started by, with the Secrets that its pipeline leaves to it. */
export async function withIssuedSecrets(
  spec: InnerSpec,
  authority: ServerCertificate,
  nowMs: number,
): Promise<InnerSpec> {
  const issued = await issueSecrets(spec.pipeline.issued ?? [], authority, nowMs);
  const escaped = [...issued].map(
    ([mark, pem]) => [mark, JSON.stringify(pem).slice(1, -1)] as const,
  );
  return JSON.parse(withoutMarks(JSON.stringify(spec), new Map(escaped))) as InnerSpec;
}
