/** A certificate, with what stands between it and its authority, and its key: PEM, or marks. */
export interface TlsPair {
  readonly certificate: string;
  readonly key: string;
}

/** A port at which a tier's pods end TLS. */
export interface TlsEnd {
  /** Id of the receiver. */
  readonly receiver: string;
  readonly protocol: 'grpc' | 'http';
  readonly port: number;
  /** What it shows; undefined where the folder does not have it. */
  readonly pair: TlsPair | undefined;
  /** What holds the certificate: `Secret/gateway-tls`. */
  readonly from?: string;
  /** Of which authority its senders must show a certificate, and what they show. */
  readonly asks?: {
    readonly authority: string;
    readonly file: string | undefined;
    readonly senders: readonly TlsPair[];
  };
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion?: TlsEnd['minVersion'];
  /** Why no recorder can end it in its stead: what passes there is then not recorded. */
  readonly unrecorded?: string;
}

/**
 * A Secret whose certificate and key the run itself makes, when it starts: a pipeline is read
 * without chance and clock, and no key is saved. Until then a mark stands for each of its texts.
 */
export interface IssuedSecret {
  readonly namespace: string;
  readonly name: string;
  readonly commonName: string;
  /** Hosts that its certificate is of. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly isAuthority: boolean;
  /** `server auth`, `client auth`; with neither it is good for both. */
  readonly usages: readonly string[];
  readonly durationMs: number;
  /** Who signs it; a pair is PEM, or marks of another such Secret. */
  readonly by: 'itself' | 'run' | { readonly certificate: string; readonly key: string };
}

/** Keys of a Secret of type `kubernetes.io/tls`, and the authority beside them. */
export const issuedKeys = ['tls.crt', 'tls.key', 'ca.crt'] as const;
export type IssuedKey = (typeof issuedKeys)[number];

export const issuedMark = (namespace: string, name: string, key: IssuedKey): string =>
  `issued://${namespace}/${name}/${key}`;

/** The authority of the run itself, which its pods trust as they do those of the machine. */
export const runAuthority = issuedMark('run', 'authority', 'ca.crt');

const marks = /issued:\/\/[a-z0-9.-]+\/[a-z0-9.-]+\/(?:tls\.crt|tls\.key|ca\.crt)/g;

export const marksIn = (text: string): readonly string[] => text.match(marks) ?? [];

/** A text with its marks replaced by what they stand for. */
export const withoutMarks = (text: string, issued: ReadonlyMap<string, string>): string =>
  text.replace(marks, (mark) => issued.get(mark) ?? mark);

/** All marks of a Secret's own, by key. */
export const marksOf = (namespace: string, name: string): Readonly<Record<IssuedKey, string>> => ({
  'tls.crt': issuedMark(namespace, name, 'tls.crt'),
  'tls.key': issuedMark(namespace, name, 'tls.key'),
  'ca.crt': issuedMark(namespace, name, 'ca.crt'),
});

/**
 * Which part of a pair a file is by its name, as people call them: `server.key`, `ca-bundle.pem`;
 * undefined where it is none.
 */
export function issuedKeyOf(file: string): IssuedKey | undefined {
  if (!/\.(crt|cert|cer|pem|key)$/i.test(file)) return undefined;
  if (/key/i.test(file)) return 'tls.key';
  return /(^|[-_.])(ca|root|authority|bundle|trust)/i.test(file) ? 'ca.crt' : 'tls.crt';
}
