import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2Server,
} from 'node:http2';
import { connect, createServer, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenHttp } from './http.ts';
import { frame, host, tapBench } from './tap.testing.ts';

const bench = tapBench();
const { closers, portOf, grpcTap, records } = bench;

/** A gRPC server that answers with a status and an empty message, or never. */
function grpcServer(status: number | 'never'): Http2Server {
  return createHttp2Server().on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.resume().once('end', () => {
      if (status === 'never') return;
      if (status > 0) {
        stream.respond(
          {
            ':status': 200,
            'content-type': 'application/grpc',
            'grpc-status': status,
            'grpc-message': 'no%20room',
          },
          { endStream: true },
        );
        return;
      }
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc' },
        { waitForTrailers: true },
      );
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.from([0, 0, 0, 0, 0]));
    });
  });
}

function grpcCall(port: number, payload: Buffer, cancelAfterMs?: number): Promise<string> {
  const session = connectHttp2(`http://${host}:${port}`);
  closers.push(() => session.destroy());
  return new Promise((resolve) => {
    session.on('error', () => resolve('broken'));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/trace/Export',
      'grpc-encoding': 'gzip',
    });
    let status = 'none';
    stream.on('response', (h) => {
      status = String(h['grpc-status'] ?? status);
    });
    stream.on('trailers', (h) => {
      status = String(h['grpc-status']);
    });
    stream.on('error', () => undefined);
    stream.resume();
    stream.once('close', () => resolve(status === 'none' ? 'broken' : status));
    stream.end(payload);
    if (cancelAfterMs !== undefined) setTimeout(() => stream.close(8), cancelAfterMs);
  });
}

describe('gRPC tap', () => {
  const payload = frame(Buffer.from('not looked into'));

  it('passes a call on unchanged and records it with its answer', async () => {
    const port = await grpcTap(await portOf(grpcServer(0)));
    expect(await grpcCall(port, payload)).toBe('0');
    const [identity, opened, request, answer, ...rest] = await records();
    expect(identity).toMatchObject({ type: 'identity', identity: { name: 'x' } });
    expect(opened).toMatchObject({ type: 'connection', event: 'opened' });
    expect(request).toMatchObject({
      type: 'request',
      request: 1,
      meta: { path: '/trace/Export', encoding: 'gzip', grpc: true },
      payload,
    });
    expect(answer).toMatchObject({ type: 'answer', request: 1, outcome: 'ok', code: 0 });
    expect(rest.at(-1)).toMatchObject({ type: 'end', requests: 1, answers: 1 });
  });

  it('passes requests on that are larger than a flow-control window, many on one connection', async () => {
    const port = await grpcTap(await portOf(grpcServer(0)));
    const session = connectHttp2(`http://${host}:${port}`);
    closers.push(() => session.destroy());
    const large = frame(Buffer.alloc(400_000, 7));
    const statuses = await Promise.all(
      Array.from(
        { length: 60 },
        () =>
          new Promise<string>((resolve) => {
            const stream = session.request({ ':method': 'POST', ':path': '/trace/Export' });
            stream.on('trailers', (h) => resolve(String(h['grpc-status'])));
            stream.resume().end(large);
          }),
      ),
    );
    expect(statuses.filter((status) => status === '0')).toHaveLength(60);
    const requests = (await records()).filter((r) => r.type === 'request');
    expect(requests.map((r) => r.payload.length)).toEqual(statuses.map(() => large.length));
  });

  it('records a refusal with its code and message', async () => {
    const port = await grpcTap(await portOf(grpcServer(14)));
    expect(await grpcCall(port, payload)).toBe('14');
    expect(await records()).toContainEqual(
      expect.objectContaining({ type: 'answer', outcome: 'error', code: 14, message: 'no room' }),
    );
  });

  it('records a call that its sender gave up', async () => {
    const port = await grpcTap(await portOf(grpcServer('never')));
    await grpcCall(port, payload, 20);
    await expect.poll(() => bench.recorder.counts.answers).toBe(1);
    expect(await records()).toContainEqual(expect.objectContaining({ outcome: 'cancelled' }));
  });

  it('takes a call that its sender broke off half-way for none', async () => {
    let reached = 0;
    const real = grpcServer(0).on('stream', () => reached++);
    const port = await grpcTap(await portOf(real));
    const session = connectHttp2(`http://${host}:${port}`);
    session.on('error', () => undefined);
    const stream = session.request({ ':method': 'POST', ':path': '/trace/Export' });
    stream.on('error', () => undefined);
    const closed = new Promise((resolve) => session.once('close', resolve));
    stream.write(payload.subarray(0, payload.length - 1), () => session.destroy());
    await closed;
    // A whole call behind it: what was broken off is over by then.
    expect(await grpcCall(port, payload)).toBe('0');
    const requests = (await records()).filter((r) => r.type === 'request');
    expect(requests.map((r) => r.payload)).toEqual([payload]);
    expect(reached).toBe(1);
  });

  it('breaks the connection when the real one breaks, and says so', async () => {
    const dying = createServer((socket) => {
      socket.on('error', () => undefined);
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    const port = await grpcTap(await portOf(dying));
    expect(await grpcCall(port, payload)).toBe('broken');
    await expect.poll(() => bench.recorder.counts.answers).toBe(1);
    expect(await records()).toContainEqual(expect.objectContaining({ outcome: 'broken' }));
  });

  it('refuses a connection that the real endpoint refuses', async () => {
    const gone = createServer();
    const upstreamPort = await portOf(gone);
    await new Promise((resolve) => gone.close(resolve));
    const port = await grpcTap(upstreamPort);
    const error = await new Promise<Error>((resolve) =>
      connect(port, host)
        .on('error', resolve)
        .on('data', () => undefined),
    );
    expect((error as NodeJS.ErrnoException).code).toBe('ECONNRESET');
    expect(await records()).toContainEqual(expect.objectContaining({ event: 'refused' }));
  });
});

describe('HTTP tap', () => {
  it('passes requests on one connection on, in order, with status, headers and body', async () => {
    const upstreamPort = await portOf(
      createHttpServer((incoming, outgoing) => {
        incoming.resume().once('end', () => {
          const bad = incoming.url === '/bad';
          outgoing.writeHead(bad ? 429 : 200, { 'retry-after': '7' });
          outgoing.end(bad ? 'slow down' : 'fine');
        });
      }) as unknown as Server,
    );
    const port = await portOf(
      await listenHttp({ host, port: 0 }, { host, port: upstreamPort }, bench.recorder),
    );
    const post = (path: string, body: string) =>
      new Promise<string>((resolve, reject) => {
        const request = httpRequest({ host, port, path, method: 'POST' }, (response) => {
          let text = '';
          response.on('data', (piece) => {
            text += piece;
          });
          response.on('end', () =>
            resolve(`${response.statusCode} ${response.headers['retry-after']} ${text}`),
          );
        });
        request.on('error', reject);
        request.end(body);
      });
    expect(await post('/ok', 'one')).toBe('200 7 fine');
    expect(await post('/bad', 'two')).toBe('429 7 slow down');
    const all = await records();
    const requests = all.filter((r) => r.type === 'request');
    expect(requests.map((r) => [r.meta.path, r.payload.toString()])).toEqual([
      ['/ok', 'one'],
      ['/bad', 'two'],
    ]);
    expect(
      all.filter((r) => r.type === 'answer').map((r) => [r.outcome, r.code, r.message]),
    ).toEqual([
      ['ok', 200, ''],
      ['error', 429, 'slow down'],
    ]);
  });
});
