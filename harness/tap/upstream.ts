import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Gate } from './gate.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Listens like the real endpoint would: a connection is taken only when one to the real endpoint
 * can be made, else it is reset. When the sender goes, so does the real connection, once what
 * `onPair` returned resolves, if it returned something; what happens when the real one goes is up
 * to `onPair`.
 *
 * @param gate closed, no connection to the real endpoint can be made
 */
export async function listenInFront(
  listen: Address,
  upstream: Address,
  onPair: (downstream: Socket, upstream: Socket) => (() => Promise<unknown>) | undefined,
  onRefused: () => void,
  gate: Gate,
): Promise<Server> {
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (downstream) => {
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
  });
  server.listen(listen.port, listen.host, 1024);
  await once(server, 'listening');
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
