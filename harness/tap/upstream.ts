import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Gate } from './gate.ts';
import { beginsHandshake, createHandshakes, goOn, type OnwardTls, type Tls } from './tls.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a recorder listens; it ends TLS where it has a certificate for it. */
export interface ListenAddress extends Address {
  readonly tls?: Tls | undefined;
}

/** The real endpoint; the recorder speaks TLS to one that ends it itself. */
export interface UpstreamAddress extends Address {
  readonly tls?: OnwardTls | undefined;
}

type Alpn = 'h2' | 'http/1.1';

/**
 * Listens like the real endpoint would: a connection is taken only when one to the real endpoint
 * can be made, else it is reset. When the sender goes, so does the real connection, once what
 * `onPair` returned resolves, if it returned something; what happens when the real one goes is up
 * to `onPair`.
 *
 * An encrypted connection is a pair once its handshakes are over; one whose sender ends the
 * handshake, as it does not trust the certificate, counts as refused. So does one that is not
 * encrypted where the real endpoint ends TLS: its bytes pass on, and it hears the real one's
 * answer.
 *
 * @param gate closed, no connection to the real endpoint can be made
 * @param alpn what is spoken inside TLS
 */
export async function listenInFront(
  { tls, ...listen }: ListenAddress,
  { tls: onward, ...upstream }: UpstreamAddress,
  onPair: (downstream: Socket, upstream: Socket) => (() => Promise<unknown>) | undefined,
  onRefused: () => void,
  gate: Gate,
  alpn: Alpn = 'http/1.1',
): Promise<Server> {
  const handshake = tls && createHandshakes(tls, alpn);
  const pair = (downstream: Socket, real: Socket): void => {
    const linger = onPair(downstream, real);
    downstream.once('close', () => {
      if (linger) void linger().finally(() => real.destroy());
      else real.destroy();
    });
    downstream.resume();
  };
  const decrypt = (raw: Socket, real: Socket): void =>
    handshake?.(raw, {
      onSecure: (downstream) => {
        if (!onward) return pair(resettable(downstream), real);
        goOn(real, resettable(downstream), onward, alpn, {
          onSecure: (upstream) => pair(downstream, upstream),
          onFailed: () => {
            onRefused();
            downstream.destroy();
          },
        });
      },
      onFailed: () => {
        onRefused();
        real.destroy();
      },
    });
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
      if (!handshake) pair(downstream, real);
      else if (!onward) decrypt(downstream, real);
      else {
        void beginsHandshake(downstream).then((begins) => {
          if (begins) return decrypt(downstream, real);
          onRefused();
          passOn(downstream, real);
        });
      }
    });
  };
  const server = createServer({ pauseOnConnect: true, noDelay: true }, onConnection);
  server.listen(listen.port, listen.host, 1024);
  await once(server, 'listening');
  return server;
}

/** Node resets plain connections alone; within TLS an end without notice says as much. */
function resettable(downstream: TLSSocket): TLSSocket {
  downstream.on('error', () => undefined);
  downstream.resetAndDestroy = () => downstream.destroy();
  return downstream;
}

/** Passes bytes on as they come. */
export function passOn(downstream: Socket, real: Socket): void {
  downstream.pipe(real);
  real.pipe(downstream);
  endLike(downstream, real, () => false);
  downstream.once('close', () => real.destroy());
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
