import {
  type ClientHttp2Session,
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2Session,
} from 'node:http2';
import { describe, expect, it } from 'vitest';
import { frame, host, tapBench } from './tap.testing.ts';

const bench = tapBench();
const payload = frame(Buffer.from('not looked into'));
/** More than a sender takes in one go. */
const longAnswer = Buffer.alloc(4 << 20);

/** Answers the first call only, at length. */
function answerFirst(seen: (session: Http2Session | undefined) => void) {
  let isFirst = true;
  return createHttp2Server().on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.resume().once('end', () => {
      if (!isFirst) return;
      isFirst = false;
      seen(stream.session);
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(longAnswer);
    });
  });
}

function call(session: ClientHttp2Session) {
  const stream = session.request({ ':method': 'POST', ':path': '/trace/Export' });
  stream.on('error', () => undefined);
  let status = 'broken';
  stream.on('trailers', (h) => {
    status = String(h['grpc-status']);
  });
  const ended = new Promise<string>((resolve) => stream.once('close', () => resolve(status)));
  stream.end(payload);
  return { stream, ended };
}

function sender(port: number): ClientHttp2Session {
  const session = connectHttp2(`http://${host}:${port}`);
  session.on('error', () => undefined);
  bench.closers.push(() => session.destroy());
  return session;
}

describe('an answer', () => {
  it('that was given before the real endpoint broke still reaches its sender', async () => {
    let real: Http2Session | undefined;
    const server = answerFirst((session) => {
      real = session;
    });
    const session = sender(await bench.grpcTap(await bench.portOf(server)));
    const first = call(session);
    await expect.poll(() => bench.recorder.counts.requests).toBe(1);
    const second = call(session);
    // The first answer lies with the tap, its sender does not read yet, and now the endpoint dies.
    await expect.poll(() => bench.recorder.counts).toMatchObject({ requests: 2, answers: 1 });
    real?.destroy();
    await expect.poll(() => bench.recorder.counts.answers).toBe(2);
    first.stream.resume();
    second.stream.resume();
    expect([await first.ended, await second.ended]).toEqual(['0', 'broken']);
    const all = await bench.records();
    expect(all.flatMap((r) => (r.type === 'answer' ? r.outcome : []))).toEqual(['ok', 'broken']);
    expect(all.filter((r) => r.type === 'unheard')).toEqual([]);
  });

  it('that its sender did not wait for is noted', async () => {
    const server = answerFirst(() => undefined);
    const session = sender(await bench.grpcTap(await bench.portOf(server)));
    call(session);
    await expect.poll(() => bench.recorder.counts.answers).toBe(1);
    session.destroy();
    await expect.poll(() => bench.recorder.counts.unheard).toBe(1);
    expect(await bench.records()).toContainEqual(
      expect.objectContaining({ type: 'unheard', request: 1 }),
    );
  });
});
