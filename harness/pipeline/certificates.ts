import type { Problem } from '../lib/errors.ts';
import { mustFit } from './check-resource.ts';
import type { Contents } from './contents.ts';
import { type IssuedSecret, marksOf } from './issued.ts';
import { dnsSubdomain } from './kubernetes-rules.ts';
import { at, duration, misfit, nearest, object, type Reader, text, texts } from './read.ts';
import type { Resource } from './types.ts';

/** What cert-manager makes of `Certificate` resources, and what is said of it. */
export interface Issued {
  readonly secrets: readonly IssuedSecret[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** Ninety days (cert-manager v1.11, DefaultCertificateDuration). */
const usualDurationMs = 90 * 24 * 3_600_000;
/** Where a ClusterIssuer looks for its Secrets (cert-manager's --cluster-resource-namespace). */
const clusterNamespace = 'cert-manager';

export const isOfCertManager = ({ apiVersion, kind }: Resource): boolean =>
  apiVersion.startsWith('cert-manager.io/') &&
  ['Certificate', 'Issuer', 'ClusterIssuer'].includes(kind);

/** The Secrets that cert-manager would make of a folder's `Certificate` resources. */
export function readCertificates(resources: readonly Resource[], contents: Contents): Issued {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const own = resources.filter(isOfCertManager);
  const certificates = own.filter(({ kind }) => kind === 'Certificate');
  const made = new Set(certificates.map(secretOf));
  const secrets = certificates.flatMap((resource): IssuedSecret[] => {
    const reader = { problems, place: resource.place };
    const before = problems.length;
    const spec = object(resource.value.spec);
    const names = texts(spec.dnsNames);
    const addresses = texts(spec.ipAddresses);
    const commonName = text(spec.commonName) ?? '';
    mustFit(reader, dnsSubdomain, spec.secretName ?? '', ['spec', 'secretName']);
    const others = [...texts(spec.uris), ...texts(spec.emailAddresses), commonName];
    if ([...names, ...addresses, ...others].every((name) => name === '')) {
      misfit(
        reader,
        null,
        ['spec', 'dnsNames'],
        'a name: cert-manager signs no certificate of none',
      );
    }
    const { namespace } = resource;
    const by = signerOf(resource, own, { contents, made, reader, notes });
    if (by === undefined || problems.length > before) return [];
    return [
      {
        namespace,
        name: text(spec.secretName) ?? '',
        commonName,
        names,
        addresses,
        isAuthority: spec.isCA === true,
        usages: texts(spec.usages),
        durationMs: duration(reader, spec.duration, ['spec', 'duration'], usualDurationMs),
        by,
      },
    ];
  });
  return { secrets, problems, notes };
}

const secretOf = ({ namespace, value }: Resource): string =>
  `${namespace}/${text(at(value, 'spec', 'secretName')) ?? ''}`;

interface SignerContext {
  readonly contents: Contents;
  /** Secrets of `Certificate` resources, by namespace and name. */
  readonly made: ReadonlySet<string>;
  readonly reader: Reader;
  readonly notes: string[];
}

/** Who signs a certificate; undefined after a problem. */
function signerOf(
  certificate: Resource,
  all: readonly Resource[],
  context: SignerContext,
): IssuedSecret['by'] | undefined {
  const { reader, notes } = context;
  const { namespace, name } = certificate;
  const written = object(at(certificate.value, 'spec', 'issuerRef'));
  const kind = text(written.kind) ?? 'Issuer';
  const issuers = all.filter((one) => one.kind === kind);
  const issuer = issuers.find(
    (one) => one.name === written.name && (kind !== 'Issuer' || one.namespace === namespace),
  );
  if (!issuer) {
    const elsewhere = issuers.find((one) => one.name === written.name)?.namespace;
    const near = nearest(
      written.name,
      issuers.map((one) => one.name),
    );
    if (elsewhere !== undefined || near.hint !== undefined) {
      const message = `the folder has no ${kind} "${String(written.name)}" in namespace ${namespace}`;
      const hint =
        elsewhere === undefined
          ? near.hint
          : `the one in namespace ${elsewhere} signs for that alone: make it a ClusterIssuer`;
      const place = reader.place(['spec', 'issuerRef', 'name']);
      reader.problems.push({ place, message, ...near, ...(hint ? { hint } : {}) });
      return undefined;
    }
    const who = `${kind} "${String(written.name)}", which the folder does not have`;
    notes.push(`Certificate/${name} is signed by the run's own authority in the stead of ${who}`);
    return 'run';
  }
  const spec = object(issuer.value.spec);
  if (spec.selfSigned !== undefined) return 'itself';
  if (spec.ca === undefined) {
    const type = Object.keys(spec)[0] ?? 'none';
    const who = `${kind} "${issuer.name}" of type ${type}`;
    notes.push(`Certificate/${name} is signed by the run's own authority in the stead of ${who}`);
    return 'run';
  }
  return authorityOf(issuer, context);
}

/** The pair that an issuer of type `ca` signs by. */
function authorityOf(
  issuer: Resource,
  { contents, made, notes }: SignerContext,
): IssuedSecret['by'] {
  const secret = text(at(issuer.value, 'spec', 'ca', 'secretName')) ?? '';
  const namespaces =
    issuer.kind === 'Issuer' ? [issuer.namespace] : [clusterNamespace, issuer.namespace];
  for (const namespace of namespaces) {
    if (made.has(`${namespace}/${secret}`)) {
      const marks = marksOf(namespace, secret);
      return { certificate: marks['tls.crt'], key: marks['tls.key'] };
    }
    const { 'tls.crt': certificate, 'tls.key': key } =
      contents.get(`Secret/${namespace}/${secret}`) ?? {};
    if (certificate !== undefined && key !== undefined) return { certificate, key };
  }
  // As Secrets seldom are in a folder, nobody knows the real one.
  notes.push(
    `the folder has no Secret "${secret}" of ${issuer.kind} "${issuer.name}": the run's own authority signs in its stead`,
  );
  return 'run';
}

/** What the folder holds, and beside it what the run makes. */
export function withIssued(contents: Contents, secrets: readonly IssuedSecret[]): Contents {
  const all = new Map(contents);
  for (const { namespace, name } of secrets) {
    all.set(`Secret/${namespace}/${name}`, {
      ...contents.get(`Secret/${namespace}/${name}`),
      ...marksOf(namespace, name),
    });
  }
  return all;
}
