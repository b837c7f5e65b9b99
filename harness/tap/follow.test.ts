import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { describe, expect, it } from 'vitest';
import type { TapRecord } from './format.ts';
import { listenGrpc } from './grpc.ts';
import { listenHttp } from './http.ts';
import { frame, host, tapBench } from './tap.testing.ts';

const bench = tapBench();
const payload = frame(Buffer.from('not looked into'));

/** A real endpoint that answers when it is told to, and what it was told of the deadline. */
function slowEndpoint() {
  const answer = Promise.withResolvers<void>();
  const seen: { timeouts: unknown[]; cancelled: number } = { timeouts: [], cancelled: 0 };
  const grpc = createHttp2Server().on('stream', (stream, headers) => {
    seen.timeouts.push(headers['grpc-timeout']);
    stream.on('error', () => undefined);
    stream.once('aborted', () => seen.cancelled++);
    stream.resume().once('end', async () => {
      await answer.promise;
      if (stream.destroyed) return;
      stream.respond({ ':status': 200, 'grpc-status': 0 }, { endStream: true });
    });
  });
  const http = createHttpServer((incoming, outgoing) => {
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) seen.cancelled++;
    });
    incoming.resume().once('end', async () => {
      await answer.promise;
      outgoing.writeHead(200).end();
    });
  });
  return { grpc, http, seen, answer: () => answer.resolve() };
}

type Slow = ReturnType<typeof slowEndpoint>;
type Protocol = 'grpc' | 'http';

/** A sender that gives its request up once the tap has it. */
async function giveUp(protocol: Protocol, slow: Slow, followMs: number): Promise<void> {
  const listen = protocol === 'grpc' ? listenGrpc : listenHttp;
  const upstream = { host, port: await bench.portOf(slow[protocol] as never) };
  const port = await bench.portOf(
    await listen({ host, port: 0 }, upstream, bench.recorder, followMs),
  );
  const cancel = protocol === 'grpc' ? grpcCall(port) : httpCall(port);
  await expect.poll(() => bench.recorder.counts.requests).toBe(1);
  cancel();
  await expect.poll(() => bench.recorder.counts.answers).toBe(1);
}

function grpcCall(port: number): () => void {
  const session = connectHttp2(`http://${host}:${port}`);
  bench.closers.push(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': '/trace/Export',
    'grpc-timeout': '20m',
  });
  stream.on('error', () => undefined);
  stream.resume().end(payload);
  return () => stream.close(8);
}

function httpCall(port: number): () => void {
  const request = httpRequest({ host, port, path: '/v1/logs', method: 'POST' });
  request.on('error', () => undefined);
  request.end(payload);
  return () => request.destroy();
}

const answersOf = (records: readonly TapRecord[]) =>
  records.flatMap((r) =>
    r.type === 'answer' || r.type === 'followed' ? `${r.type} ${r.request} ${r.outcome}` : [],
  );

describe.each(['grpc', 'http'] as const)('a request by %s that its sender gave up', (protocol) => {
  it('is followed to its answer, which is recorded apart and with its moment', async () => {
    const slow = slowEndpoint();
    await giveUp(protocol, slow, 30_000);
    slow.answer();
    await expect.poll(() => bench.recorder.counts.followed).toBe(1);
    const records = await bench.records();
    expect(answersOf(records)).toEqual(['answer 1 cancelled', 'followed 1 ok']);
    const momentOf = (type: string) => records.find((r) => r.type === type)?.atMs ?? 0;
    expect(momentOf('followed') - momentOf('answer')).toBeGreaterThan(0);
    expect(records.at(-1)).toMatchObject({ type: 'end', requests: 1, answers: 1, followed: 1 });
    expect(slow.seen.cancelled).toBe(0);
    if (protocol === 'grpc') expect(slow.seen.timeouts).toEqual([undefined]);
  });

  it('is followed no longer than asked for', async () => {
    const slow = slowEndpoint();
    await giveUp(protocol, slow, 50);
    await expect.poll(() => slow.seen.cancelled).toBe(1);
    await expect.poll(() => bench.recorder.counts.followed).toBe(1);
    expect(answersOf(await bench.records())).toEqual(['answer 1 cancelled', 'followed 1 broken']);
  });

  it('has no such answer where the record is closed before', async () => {
    const slow = slowEndpoint();
    await giveUp(protocol, slow, 30_000);
    const records = await bench.records();
    slow.answer();
    expect(answersOf(records)).toEqual(['answer 1 cancelled']);
    expect(records.at(-1)).toMatchObject({ type: 'end', requests: 1, answers: 1, followed: 0 });
  });

  it('is given up behind the tap as well where it is not followed', async () => {
    const slow = slowEndpoint();
    await giveUp(protocol, slow, 0);
    await expect.poll(() => slow.seen.cancelled).toBe(1);
    expect(answersOf(await bench.records())).toEqual(['answer 1 cancelled']);
    if (protocol === 'grpc') expect(slow.seen.timeouts).toEqual(['20m']);
  });
});
