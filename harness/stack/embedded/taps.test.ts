import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { decodeRecord, recordLength } from '../../tap/format.ts';
import { startTaps } from './taps.ts';

const folder = mkdtempSync(join(tmpdir(), 'taps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const endpoint = {
  name: 'tempo',
  protocol: 'grpc' as const,
  listen: { host: '127.0.0.1', port: 0 },
  upstream: { host: '127.0.0.1', port: 1 },
  file: join(folder, 'tempo.tap'),
  identity: { run: 'r', name: 'tempo', hop: { backend: 'tempo:4317' } },
};

it('a tap that was killed is said to have ended, to whoever asks it later too', async () => {
  const death = Promise.withResolvers<string>();
  const taps = startTaps(process.execPath, {
    onCounts: () => undefined,
    onDeath: death.resolve,
  });
  await taps.open(endpoint);
  process.kill(taps.pid, 'SIGKILL');
  expect(await death.promise).toBe('the tap ended (SIGKILL)');
  await expect(taps.open(endpoint)).rejects.toThrow('the tap ended (SIGKILL)');
});

it('a record that can not be written is said, long after its endpoint was opened', async () => {
  const death = Promise.withResolvers<string>();
  const taps = startTaps(process.execPath, {
    onCounts: () => undefined,
    onDeath: death.resolve,
  });
  // A record is never written over what is there already.
  await taps.open({ ...endpoint, file: '/dev/null' });
  expect(await death.promise).toMatch(/^tap tempo: EEXIST/);
  process.kill(taps.pid, 'SIGKILL');
});

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answerAt = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.once('connect', () => {
      socket.destroy();
      resolve('connected');
    });
  });

it('where a backend does not listen, its tap neither does, and keeps a whole record', async () => {
  const taps = startTaps(process.execPath, { onCounts: () => undefined, onDeath: () => undefined });
  const open = async (protocol: 'grpc' | 'silent'): Promise<[string, string]> => {
    const listen = { host: '127.0.0.1', port: await freePort() };
    const file = join(folder, `${protocol}.tap`);
    await taps.open({ ...endpoint, name: protocol, protocol, listen, file });
    return [file, await answerAt(listen.port)];
  };
  const [silent, refused] = await open('silent');
  expect(refused).toBe('ECONNREFUSED');
  // Nobody listens behind it: a busy machine hears of the reset at once.
  expect((await open('grpc'))[1]).toMatch(/^(connected|ECONNRESET)$/);
  await taps.close();
  const types: string[] = [];
  const bytes = readFileSync(silent);
  for (let at = 0; at < bytes.length; at += recordLength(bytes, at) ?? Infinity) {
    types.push(decodeRecord(bytes, at).type);
  }
  expect(types).toEqual(['identity', 'end']);
  process.kill(taps.pid, 'SIGKILL');
});

it('an endpoint refuses until it is told to accept, and says whom that met', async () => {
  const taps = startTaps(process.execPath, { onCounts: () => undefined, onDeath: () => undefined });
  const upstream = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await new Promise((resolve) => upstream.once('listening', resolve));
  const { port } = upstream.address() as { port: number };
  const listen = { host: '127.0.0.1', port: await freePort() };
  const file = join(folder, 'refusing.tap');
  await taps.open({ ...endpoint, listen, file, upstream: { host: '127.0.0.1', port } });
  await expect(taps.accept('tempo')).rejects.toThrow('tap tempo: nothing listens there');
  await expect(taps.refuse('loki')).rejects.toThrow('tap loki: nothing listens there');
  await taps.refuse('tempo');
  const reset = new Promise((resolve) => {
    const socket = connect(listen.port, '127.0.0.1').resume();
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(await reset).toBe('ECONNRESET');
  expect(await taps.accept('tempo')).toEqual({
    refusedConnections: 1,
    brokenConnections: 0,
    brokenRequests: 0,
    answeredRequests: 0,
    delayedRequests: 0,
    shortestMs: 0,
    longestMs: 0,
  });
  expect(await answerAt(listen.port)).toBe('connected');
  upstream.close();
  process.kill(taps.pid, 'SIGKILL');
});
