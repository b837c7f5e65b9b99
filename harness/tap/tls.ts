import type { Socket } from 'node:net';
import { connect, createServer, type SecureVersion, type TLSSocket } from 'node:tls';

/** A certificate and its key, both PEM. */
export interface KeyPair {
  /** With what stands between it and its authority. */
  readonly certificate: string;
  readonly key: string;
}

/** How a recorder ends TLS: as what stands behind it would. */
export interface Tls extends KeyPair {
  /** PEM of the authority whose certificate a sender is asked for. */
  readonly clientAuthority?: string | undefined;
  readonly minVersion?: SecureVersion | undefined;
  readonly maxVersion?: SecureVersion | undefined;
}

/** How a recorder goes on to what ends TLS itself. */
export interface OnwardTls {
  /** Certificates of senders: what one of them showed is shown again. */
  readonly senders: readonly KeyPair[];
}

/** What becomes of a handshake. */
export interface Handshakes {
  readonly onSecure: (secure: TLSSocket) => void;
  readonly onFailed: () => void;
}

/** First byte of a TLS record that holds a handshake (RFC 8446, 5.1). */
const handshakeRecord = 0x16;

/**
 * Ends TLS on connections that are there already.
 * @returns to be called with each, which must not have been read from
 */
export function createHandshakes(
  { certificate, key, clientAuthority, minVersion, maxVersion }: Tls,
  alpn: string,
): (raw: Socket, handshakes: Handshakes) => void {
  const waiting = new Map<string, Handshakes>();
  const server = createServer({
    cert: certificate,
    key,
    ALPNProtocols: [alpn],
    // Whether it is taken the real endpoint says; without one the handshake fails here.
    ...(clientAuthority === undefined ? {} : { requestCert: true, ca: clientAuthority }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  });
  const take = ({ remoteAddress, remotePort }: Socket): Handshakes | undefined => {
    const key = `${remoteAddress}:${remotePort}`;
    const found = waiting.get(key);
    waiting.delete(key);
    return found;
  };
  server.on('secureConnection', (downstream) => take(downstream)?.onSecure(downstream));
  return (raw, handshakes) => {
    const name = `${raw.remoteAddress}:${raw.remotePort}`;
    waiting.set(name, handshakes);
    // Where the handshake was over it is not waiting any more.
    raw.once('close', () => {
      if (waiting.get(name) !== handshakes) return;
      waiting.delete(name);
      handshakes.onFailed();
    });
    server.emit('connection', raw);
  };
}

/** Whether what a sender says first is a handshake; the bytes stay to be read. */
export function beginsHandshake(raw: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    raw.once('readable', () => {
      const first: Buffer | null = raw.read(1);
      if (first === null) return resolve(true);
      raw.unshift(first);
      resolve(first[0] === handshakeRecord);
    });
    raw.once('close', () => resolve(true));
  });
}

/**
 * Goes on to an endpoint that ends TLS itself, asking for the name that the sender asked for and
 * showing the certificate that the sender showed. Whether the endpoint's own certificate is any
 * good is the sender's question: it is shown the same one.
 */
export function goOn(
  real: Socket,
  downstream: TLSSocket,
  { senders }: OnwardTls,
  alpn: string,
  { onSecure, onFailed }: Handshakes,
): void {
  const shown = downstream.getPeerX509Certificate?.();
  const pair = shown && senders.find(({ certificate }) => isOf(certificate, shown.toString()));
  const { servername } = downstream as { readonly servername?: string | false };
  const upstream = connect({
    socket: real,
    rejectUnauthorized: false,
    ALPNProtocols: [alpn],
    ...(servername ? { servername } : {}),
    ...(pair ? { cert: pair.certificate, key: pair.key } : {}),
  });
  upstream.on('error', () => undefined);
  upstream.once('close', onFailed);
  upstream.once('secureConnect', () => {
    upstream.off('close', onFailed);
    onSecure(upstream);
  });
}

const bare = (pem: string): string => pem.replace(/\s/g, '');

/** The first certificate of a chain is that one. */
const isOf = (chain: string, certificate: string): boolean =>
  bare(chain).startsWith(bare(certificate));
