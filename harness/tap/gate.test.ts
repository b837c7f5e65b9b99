import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import {
  type ClientHttp2Stream,
  connect as connectHttp2,
  createServer as createHttp2Server,
} from 'node:http2';
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

/** What is answered to a request of spans, in hex. */
function exportOf(protocol: 'grpc' | 'http', port: number, message: Buffer): Promise<string> {
  if (protocol === 'grpc') {
    const session = connectHttp2(`http://${host}:${port}`);
    bench.closers.push(() => session.destroy());
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    return textOf(session.request({ ':method': 'POST', ':path': path }), frame(message));
  }
  return new Promise((resolve, reject) => {
    const asked = { host, port, path: '/v1/traces', method: 'POST' };
    const request = httpRequest(asked, (response) => resolve(hexIn(response)));
    request.on('error', reject);
    request.end(message);
  });
}

function textOf(stream: ClientHttp2Stream, message: Buffer): Promise<string> {
  stream.end(message);
  return hexIn(stream);
}

async function hexIn(stream: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString('hex');
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

/** Export...ServiceResponse by hand: a partial success of three, with the words. */
const rejected = `0a190803${'1215'}${hexOf(words)}`;
const partial = { grpc: `00000000${'1b'}${rejected}`, http: rejected };

const none = {
  brokenConnections: 0,
  refusedConnections: 0,
  answeredRequests: 0,
  delayedRequests: 0,
  shortestMs: 0,
  longestMs: 0,
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
    const counted = { ...none, brokenConnections: 1, refusedConnections: 2 };
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
    const counted = { ...none, answeredRequests: 2 };
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
  it('answers the first so many, and passes those behind them', async () => {
    const { real, gate, port } = await opened();
    real.answer();
    gate.close({ status: 'unavailable', first: 2 });
    const answers = [await answerOf(port), await answerOf(port)];
    expect(answers).toEqual([unavailable[protocol], unavailable[protocol]]);
    expect(await call(port)).toBe('ok');
    expect(gate.open()).toMatchObject({ answeredRequests: 2 });
    expect(told(await bench.records())).toEqual(['error', 'error', 'ok']);
  });

  it('says that it took a request, and rejected all that is in it', async () => {
    const { real, gate, port } = await opened();
    real.answer();
    gate.close({ status: 'partial-success' });
    // A resource, then three spans in two scopes, the second of which is not empty.
    const three = Buffer.from(`0a0e${'0a00'}${'1206120012021001'}${'12021200'}`, 'hex');
    expect(await exportOf(protocol, port, three)).toEqual(partial[protocol]);
    expect(await exportOf(protocol, port, Buffer.from([0xff]))).toBe('');
    expect(gate.open()).toMatchObject({ answeredRequests: 1 });
    const [first, second] = (await bench.records()).filter((r) => r.type === 'answer');
    expect(first).toMatchObject({ outcome: 'ok', message: '' });
    expect(first && 'payload' in first && first.payload.toString('hex')).toBe(partial[protocol]);
    expect(second).toMatchObject({ outcome: 'ok' });
  });

  it('takes each request, and resets its connection in place of the answer', async () => {
    const { real, gate, port } = await opened();
    real.answer();
    gate.close({ status: 'reset' });
    expect(await call(port)).toBe('broken');
    expect(gate.open()).toMatchObject({ answeredRequests: 1 });
    expect(await call(port)).toBe('ok');
    const records = await bench.records();
    expect(told(records)).toEqual(['ok', 'ok']);
    expect(records.filter((r) => r.type === 'unheard')).toMatchObject([{ request: 1 }]);
  });

  it('hands answers on late, and measures how late', async () => {
    const { real, gate, port } = await opened();
    real.answer();
    gate.close({ status: 'slow', byMs: 120 });
    const sinceMs = performance.now();
    expect(await call(port)).toBe('ok');
    expect(performance.now() - sinceMs).toBeGreaterThanOrEqual(119);
    const waiting = call(port);
    await expect.poll(() => bench.recorder.counts.requests).toBe(2);
    // The real endpoint has answered by now; what still waits is handed on at once.
    const { delayedRequests, shortestMs = 0, longestMs } = gate.open() ?? {};
    expect(await waiting).toBe('ok');
    expect(delayedRequests).toBe(1);
    expect(shortestMs).toBeGreaterThanOrEqual(119);
    expect(longestMs).toBe(shortestMs);
    expect(told(await bench.records())).toEqual(['ok', 'ok']);
  });
});
