import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Picks where one connection goes; undefined refuses it. */
export type Pick = () =>
  | {
      readonly host: string;
      readonly port: number;
      /** The address that it is joined from; any where it does not matter. */
      readonly localAddress?: string;
    }
  | undefined;

/**
 * Joins two sockets for as long as both live; what one has sent when it ends still gets through.
 */
function join(a: Socket, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  a.on('error', () => undefined);
  b.on('error', () => undefined);
  a.once('close', () => b.destroy());
  b.once('close', (failed) => (failed ? a.resetAndDestroy() : a.destroySoon()));
}

/**
 * Takes connections once it listens, and joins each to where it is told. What comes is sent on at
 * once: else a small answer waits for the sender's delayed ack, and ten calls at a time take 44 ms.
 */
export function createForwarder(pick: Pick): Server {
  return createServer({ noDelay: true }, (socket) => {
    const target = pick();
    if (!target) {
      socket.on('error', () => undefined);
      socket.resetAndDestroy();
      return;
    }
    join(socket, connect({ ...target, noDelay: true }));
  });
}

/** A ClusterIP or host port: each connection goes to one pod. */
export async function forwardTcp(host: string, port: number, pick: Pick): Promise<Server> {
  const server = createForwarder(pick);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

/** A socket in the file system that leads to an address inside the run's network. */
export async function forwardSocket(path: string, pick: Pick): Promise<Server> {
  const server = createForwarder(pick);
  server.listen(path);
  await once(server, 'listening');
  return server;
}
