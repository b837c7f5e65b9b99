import type { Component } from '../../pipeline/types.ts';
import { tellSetting } from './settings.ts';

/** Why two ends do not come to an encrypted connection, and what mends it. */
export interface HandshakeFailure {
  readonly why: string;
  readonly fix: string;
}

/** Words of Go's crypto/tls, crypto/x509 and net/http, as collector v0.152.0 hands them on. */
const causes: readonly {
  readonly words: RegExp;
  readonly setting: string;
  readonly why: string;
  readonly fix: string;
}[] = [
  {
    words: /first record does not look like a TLS handshake/,
    setting: 'tls.insecure',
    why: 'it speaks TLS to what does not',
    fix: 'set tls.insecure: true, or let what it sends to end TLS',
  },
  {
    words: /server gave HTTP response to HTTPS client/,
    setting: 'endpoint',
    why: 'it speaks TLS to what does not',
    fix: 'write http:// in its endpoint, or let what it sends to end TLS',
  },
  {
    words: /certificate signed by unknown authority/,
    setting: 'tls.ca_file',
    why: 'it does not trust the authority of the certificate',
    fix: 'give tls.ca_file the authority that signed what it is shown',
  },
  {
    words: /certificate has expired or is not yet valid/,
    setting: 'endpoint',
    why: 'the certificate that it is shown is out of its time',
    fix: 'renew the certificate of what it sends to',
  },
  {
    words: /certificate is (?:not )?valid for|doesn't contain any IP SANs/,
    setting: 'tls.server_name_override',
    why: 'the certificate that it is shown is of another name',
    fix: 'send to a name that the certificate has, or set tls.server_name_override to one',
  },
];

/**
 * Why a handshake failed, by an exporter's own words; undefined where none did.
 * @param under below which its client's settings stand: none, or `protocol.otlp`
 */
export function handshakeFailure(
  exporter: Component,
  under: string,
  said: string,
): HandshakeFailure | undefined {
  const cause = causes.find(({ words }) => words.test(said));
  if (!cause) return undefined;
  const isBelow = under !== '' && cause.setting.startsWith('tls.');
  const setting = isBelow ? `${under}.${cause.setting}` : cause.setting;
  const unset = cause.setting === 'tls.insecure' ? 'false' : 'none';
  return { why: `${cause.why}: ${tellSetting(exporter, setting, unset)}`, fix: cause.fix };
}
