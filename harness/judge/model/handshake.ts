import type { TlsEnd } from '../../pipeline/issued.ts';
import { tlsEndOf } from '../../pipeline/tls-ends.ts';
import type { Output, Tier } from '../../pipeline/types.ts';
import { tellSetting } from './settings.ts';

/** Why two ends do not come to an encrypted connection, and what mends it. */
export interface HandshakeFailure {
  readonly why: string;
  readonly fix: string;
}

interface Cause {
  readonly words: RegExp;
  /** Of the exporter. */
  readonly setting: string;
  readonly why: string;
  /** @param shown what holds the certificate, and who shows it */
  readonly fix: (shown: string) => string;
}

/** Words of Go's crypto/tls, crypto/x509 and net/http, as collector v0.152.0 hands them on. */
const causes: readonly Cause[] = [
  {
    words: /first record does not look like a TLS handshake/,
    setting: 'tls.insecure',
    why: 'it speaks TLS to what does not',
    fix: () => 'set tls.insecure: true, or let what it sends to end TLS',
  },
  {
    words: /server gave HTTP response to HTTPS client/,
    setting: 'endpoint',
    why: 'it speaks TLS to what does not',
    fix: () => 'write http:// in its endpoint, or let what it sends to end TLS',
  },
  {
    words: /certificate signed by unknown authority/,
    setting: 'tls.ca_file',
    why: 'it does not trust the authority of the certificate',
    fix: (shown) => `give tls.ca_file the authority that signed ${shown}`,
  },
  {
    words: /certificate has expired or is not yet valid/,
    setting: 'endpoint',
    why: 'the certificate that it is shown is out of its time',
    fix: (shown) => `renew ${shown}`,
  },
  {
    words: /certificate is (?:not )?valid for|doesn't contain any IP SANs|not valid for any names/,
    setting: 'tls.server_name_override',
    why: 'the certificate that it is shown is of another name',
    fix: (shown) =>
      `send to a name that the certificate has, set tls.server_name_override to one, or give ${shown} the name`,
  },
  {
    words: /remote error: tls: certificate required/,
    setting: 'tls.cert_file',
    why: 'it shows no certificate to who asks for one',
    fix: () =>
      'give tls.cert_file and tls.key_file a pair that an authority of the other end’s client_ca_file has signed',
  },
  {
    words: /remote error: tls: (?:unknown certificate|bad certificate|expired certificate)/,
    setting: 'tls.cert_file',
    why: 'the certificate that it shows is not taken',
    fix: () =>
      'give tls.cert_file a certificate for clients, in its time, that an authority of the other end’s client_ca_file has signed',
  },
];

/** It sends plainly to a port that is encrypted, where whatever is said comes of that. */
const plainly: Omit<Cause, 'words'> = {
  setting: 'tls.insecure',
  why: 'it sends plainly to what ends TLS',
  fix: () =>
    'set tls.insecure: false, write https:// where it sends over HTTP, and give tls.ca_file',
};

/**
 * Why a handshake failed, by an exporter's own words and what it meets; undefined where none did.
 * @param under below which its client's settings stand: none, or `protocol.otlp`
 * @param next the tier that it sends to
 */
export function handshakeFailure(
  output: Output,
  under: string,
  said: string,
  next: Tier | undefined,
): HandshakeFailure | undefined {
  const { exporter, tls } = output;
  const end = next && tlsEndOf([next], output);
  const cause = end && !tls ? plainly : causes.find(({ words }) => words.test(said));
  if (!cause) return undefined;
  const isBelow = under !== '' && cause.setting.startsWith('tls.');
  const setting = isBelow ? `${under}.${cause.setting}` : cause.setting;
  const unset = cause.setting === 'tls.insecure' ? 'false' : 'none';
  const parts = [`${cause.why}: ${tellSetting(exporter, setting, unset)}`];
  if (end) parts.push(tellEnd(next, end));
  return { why: parts.join('; '), fix: cause.fix(end ? shownBy(next, end) : 'what it is shown') };
}

/** Whether waiting comes to nothing: neither end changes by itself. */
export const isHopeless = (output: Output, said: string, next: Tier | undefined): boolean =>
  handshakeFailure(output, '', said, next) !== undefined;

/** What the receiver says of its own side, and where. */
function tellEnd({ name, pipelines }: Tier, { receiver, protocol, asks, from }: TlsEnd): string {
  const own = pipelines.flatMap(({ receivers }) => receivers).find(({ id }) => id === receiver);
  const settings = ['cert_file', ...(asks ? ['client_ca_file'] : [])];
  const told = settings.map((key) =>
    own ? tellSetting(own, `protocols.${protocol}.tls.${key}`, 'none') : key,
  );
  const held = from === undefined ? '' : `, from ${from}`;
  return `${name}/${receiver} has ${told.join(', ')}${held}`;
}

const shownBy = ({ name }: Tier, { receiver, from }: TlsEnd): string =>
  from === undefined
    ? `the certificate that ${name}/${receiver} shows`
    : `the certificate in ${from}, which ${name}/${receiver} shows`;
