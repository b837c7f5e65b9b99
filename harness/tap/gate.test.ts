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

/** The status of an answer, and what it says of when to come again. */
type Heard = readonly [status: string, again: string | undefined];

function grpcAnswer(port: number): Promise<Heard> {
  const session = connectHttp2(`http://${host}:${port}`);
  bench.closers.push(() => session.destroy());
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': '/trace/Export' });
    stream.on('error', reject);
    stream.on('response', (head) => {
      const details = head['grpc-status-details-bin'];
      const hex = Buffer.from(String(details), 'base64').toString('hex');
      resolve([String(head['grpc-status']), details === undefined ? undefined : hex]);
    });
    stream.resume().end(payload);
  });
}

function httpAnswer(port: number): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path: '/v1/logs', method: 'POST' }, (response) => {
      response.resume();
      resolve([String(response.statusCode), response.headers['retry-after']]);
    });
    request.on('error', reject);
    request.end(payload);
  });
}

const hexOf = (text: string): string => Buffer.from(text).toString('hex');
const url = 'type.googleapis.com/google.rpc.RetryInfo';
const words = 'answered by the bench';
/** google.rpc.Status, by hand: code 8, the words, a RetryInfo of 1 s and 500,000,000 ns. */
const status = [
  `080812${words.length.toString(16)}${hexOf(words)}`,
  '1a36',
  `0a${url.length.toString(16)}${hexOf(url)}`,
  '120a0a08080110',
  '80cab5ee01',
].join('');
const refused: Record<'grpc' | 'http', Heard> = { grpc: ['8', status], http: ['429', '2'] };
const unavailable: Record<'grpc' | 'http', Heard> = {
  grpc: ['14', undefined],
  http: ['503', undefined],
};

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
  const answerOf = protocol === 'grpc' ? grpcAnswer : httpAnswer;
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
    const counted = { brokenConnections: 1, refusedConnections: 2, answeredRequests: 0 };
    expect(gate.open()).toEqual(counted);
    real.answer();
    expect(await call(port)).toBe('ok');
    expect(bench.recorder.counts.refusals).toBeDefined();
    expect(told(await bench.records())).toEqual(['broken', 'refused', 'refused', 'ok']);
  });

  it('answers in the real endpoint’s stead on the connections that there are, and on new ones', async () => {
    const { real, gate, port } = await opened();
    real.answer();
    gate.close({ status: 'resource-exhausted', retryAfterMs: 1_500 });
    const answers = [await answerOf(port), await answerOf(port)];
    expect(answers).toEqual([refused[protocol], refused[protocol]]);
    const counted = { brokenConnections: 0, refusedConnections: 0, answeredRequests: 2 };
    expect(gate.open()).toEqual(counted);
    expect(await call(port)).toBe('ok');
    expect(told(await bench.records())).toEqual(['error', 'error', 'ok']);
  });

  it('says nothing of when to come again where it is not told', async () => {
    const { gate, port } = await opened();
    gate.close({ status: 'unavailable' });
    expect(await answerOf(port)).toEqual(unavailable[protocol]);
  });

  it('counts nothing while it is open', async () => {
    const { real, gate, port } = await opened();
    real.answer();
    expect(await call(port)).toBe('ok');
    expect(gate.open()).toBeUndefined();
    expect(bench.recorder.counts.refusals).toBeUndefined();
  });
});
