import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Gate } from './gate.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a recorder listens; it ends TLS where it has a certificate for it. */
export interface ListenAddress extends Address {
  readonly tls?: Tls | undefined;
}

export interface Tls {
  /** PEM, with what stands between it and its authority. */
  readonly certificate: string;
  readonly key: string;
}

/**
 * Listens like the real endpoint would: a connection is taken only when one to the real endpoint
 * can be made, else it is reset. When the sender goes, so does the real connection, once what
 * `onPair` returned resolves, if it returned something; what happens when the real one goes is up
 * to `onPair`.
 *
 * Of an encrypted connection all of that holds once its handshake is over; one whose sender ends
 * the handshake, as it does not trust the certificate, counts as refused.
 *
 * @param gate closed, no connection to the real endpoint can be made
 * @param alpn what is spoken inside TLS
 */
export async function listenInFront(
  { tls, ...listen }: ListenAddress,
  upstream: Address,
  onPair: (downstream: Socket, upstream: Socket) => (() => Promise<unknown>) | undefined,
  onRefused: () => void,
  gate: Gate,
  alpn: 'h2' | 'http/1.1' = 'http/1.1',
): Promise<Server> {
  const onConnection = (downstream: Socket): void => {
    downstream.on('error', () => undefined);
    const refuse = (): void => {
      onRefused();
      downstream.resetAndDestroy();
    };
    if (!gate.admits()) {
      refuse();
      return;
    }
    const real = connect({ ...upstream, noDelay: true });
    real.once('error', refuse);
    real.once('connect', () => {
      real.removeAllListeners('error');
      real.on('error', () => undefined);
      if (!gate.admits()) {
        real.destroy();
        refuse();
        return;
      }
      gate.admitted(real);
      const linger = onPair(downstream, real);
      downstream.once('close', () => {
        if (linger) void linger().finally(() => real.destroy());
        else real.destroy();
      });
      downstream.resume();
    });
  };
  const server = tls
    ? endTls(tls, alpn, onConnection, onRefused)
    : createServer({ pauseOnConnect: true, noDelay: true }, onConnection);
  server.listen(listen.port, listen.host, 1024);
  await once(server, 'listening');
  return server;
}

function endTls(
  { certificate, key }: Tls,
  alpn: string,
  onConnection: (downstream: Socket) => void,
  onRefused: () => void,
): Server {
  const options = { cert: certificate, key, ALPNProtocols: [alpn], noDelay: true };
  const server = createTlsServer(options, (downstream: TLSSocket) => {
    // Node resets plain connections alone; within TLS an end without notice says as much.
    downstream.resetAndDestroy = () => downstream.destroy();
    onConnection(downstream);
  });
  server.on('tlsClientError', () => onRefused());
  return server;
}

/**
 * Ends the sender's connection as the real one ended: what was answered still gets through, unless
 * something was left open, which the sender must see break.
 */
export function endLike(downstream: Socket, real: Socket, isOpen: () => boolean): void {
  real.once('close', (failed) => {
    if (failed || isOpen()) downstream.resetAndDestroy();
    else downstream.destroySoon();
  });
}
