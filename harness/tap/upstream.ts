import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Listens like the real endpoint would: a connection is taken only when one to the real endpoint
 * can be made, else it is reset, and each side's end ends the other.
 */
export async function listenInFront(
  listen: Address,
  upstream: Address,
  onPair: (downstream: Socket, upstream: Socket) => void,
  onRefused: () => void,
): Promise<Server> {
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (downstream) => {
    downstream.on('error', () => undefined);
    const real = connect({ ...upstream, noDelay: true });
    real.once('error', () => {
      onRefused();
      downstream.resetAndDestroy();
    });
    real.once('connect', () => {
      real.removeAllListeners('error');
      real.on('error', () => undefined);
      real.once('close', () => downstream.resetAndDestroy());
      downstream.once('close', () => real.destroy());
      onPair(downstream, real);
      downstream.resume();
    });
  });
  server.listen(listen.port, listen.host, 1024);
  await once(server, 'listening');
  return server;
}
