import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { HttpTarget } from './http.ts';

export interface Forward extends Disposable {
  readonly url: string;
}

/** Listens on a free loopback port and leads every connection to a target. */
export async function forwardLoopback(target: HttpTarget): Promise<Forward> {
  const server = createServer((socket) => {
    const upstream =
      'socketPath' in target ? connect(target.socketPath) : connect(target.port, target.host);
    socket.pipe(upstream).pipe(socket);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.dispose]: () => void server.close(),
  };
}
