import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { describe, expect, it } from 'vitest';
import type { TapRecord } from './format.ts';
import { createGate } from './gate.ts';
import { listenGrpc } from './grpc.ts';
import { listenHttp } from './http.ts';
import { frame, host, tapBench } from './tap.testing.ts';

const bench = tapBench();
const payload = frame(Buffer.from('not looked into'));

/** A real endpoint that answers when it is told to. */
function endpoint() {
  const answer = Promise.withResolvers<void>();
  const grpc = createHttp2Server().on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.resume().once('end', async () => {
      await answer.promise;
      if (!stream.destroyed)
        stream.respond({ ':status': 200, 'grpc-status': 0 }, { endStream: true });
    });
  });
  const http = createHttpServer((incoming, outgoing) => {
    incoming.resume().once('end', async () => {
      await answer.promise;
      outgoing.writeHead(200).end();
    });
  });
  return { grpc, http, answer: () => answer.resolve() };
}

function grpcCall(port: number): Promise<string> {
  const session = connectHttp2(`http://${host}:${port}`);
  bench.closers.push(() => session.destroy());
  return new Promise((resolve) => {
    session.on('error', () => resolve('broken'));
    const stream = session.request({ ':method': 'POST', ':path': '/trace/Export' });
    stream.on('response', () => resolve('ok'));
    stream.on('error', () => undefined);
    stream.once('close', () => resolve('broken'));
    stream.resume().end(payload);
  });
}

function httpCall(port: number): Promise<string> {
  return new Promise((resolve) => {
    const request = httpRequest({ host, port, path: '/v1/logs', method: 'POST' }, (response) => {
      response.resume().once('end', () => resolve('ok'));
    });
    request.on('error', () => resolve('broken'));
    request.end(payload);
  });
}

const told = (records: readonly TapRecord[]) =>
  records.flatMap((r) =>
    r.type === 'answer'
      ? r.outcome
      : r.type === 'connection' && r.event === 'refused'
        ? 'refused'
        : [],
  );

describe.each(['grpc', 'http'] as const)('the gate of a tap for %s', (protocol) => {
  const call = protocol === 'grpc' ? grpcCall : httpCall;
  const opened = async () => {
    const real = endpoint();
    const gate = createGate();
    const upstream = { host, port: await bench.portOf(real[protocol] as never) };
    const listen = protocol === 'grpc' ? listenGrpc : listenHttp;
    const server = await listen({ host, port: 0 }, upstream, bench.recorder, 30_000, gate);
    return { real, gate, port: await bench.portOf(server) };
  };

  it('closed, breaks what is under way and refuses what is new; open again, all passes', async () => {
    const { real, gate, port } = await opened();
    const underWay = call(port);
    await expect.poll(() => bench.recorder.counts.requests).toBe(1);
    gate.close();
    expect(await underWay).toBe('broken');
    expect([await call(port), await call(port)]).toEqual(['broken', 'broken']);
    expect(gate.open()).toEqual({ brokenConnections: 1, refusedConnections: 2 });
    real.answer();
    expect(await call(port)).toBe('ok');
    expect(bench.recorder.counts.refusals).toBeDefined();
    expect(told(await bench.records())).toEqual(['broken', 'refused', 'refused', 'ok']);
  });

  it('counts nothing while it is open', async () => {
    const { real, gate, port } = await opened();
    real.answer();
    expect(await call(port)).toBe('ok');
    expect(gate.open()).toBeUndefined();
    expect(bench.recorder.counts.refusals).toBeUndefined();
  });
});
