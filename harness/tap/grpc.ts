import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGate, type Gate, type Met } from './gate.ts';
import { callHeaders, ofCall } from './grpc-headers.ts';
import { type Reply, readReply, respond } from './grpc-reply.ts';
import { answerGrpc, isInStead } from './instead.ts';
import type { Answer, Recorder } from './recorder.ts';
import { type ListenAddress, listenInFront, type UpstreamAddress } from './upstream.ts';

/**
 * A whole request is held before it is passed on; larger ones than the collector takes are not
 * expected.
 */
const windowBytes = 16 << 20;
/** Node turns streams away when a session holds more; its default of 10 would shape the traffic. */
const sessionMegabytes = 1_000;

/** More calls of one connection are not followed: they would take the places of others. */
const followedAtOnce = 32;

/**
 * Records unary gRPC calls (h2c) on their way to `upstream`; one connection in, one out.
 *
 * @param followMs how long the answer to a call is waited for that its sender gave up while the
 *   connection stays; the real endpoint is then told of neither that nor the deadline. 0: it is
 * @param gate by which the real endpoint can be made to seem gone
 */
export function listenGrpc(
  listen: ListenAddress,
  upstream: UpstreamAddress,
  recorder: Recorder,
  followMs = 0,
  gate = createGate(),
): Promise<Server> {
  return listenInFront(
    listen,
    upstream,
    (downstream, real) => {
      pair(downstream, real, upstream, { recorder, followMs, gate });
    },
    () => void recorder.connection('refused'),
    gate,
    'h2',
  );
}

function pair(
  downstream: Socket,
  real: Socket,
  upstream: UpstreamAddress,
  { recorder, followMs, gate }: Pick<Calls, 'recorder' | 'followMs' | 'gate'>,
): void {
  const connection = recorder.connection('opened');
  downstream.once('close', () => void recorder.connection('closed', connection));
  const client = connectHttp2(`http://${upstream.host}:${upstream.port}`, {
    createConnection: () => real,
    maxSessionMemory: sessionMegabytes,
    settings: { initialWindowSize: windowBytes },
  });
  const server: ServerHttp2Session = performServerHandshake(downstream, {
    maxSessionMemory: sessionMegabytes,
    settings: { initialWindowSize: windowBytes, maxConcurrentStreams: 1000 },
  });
  server.setLocalWindowSize(windowBytes);
  const calls: Calls = {
    client,
    connection,
    recorder,
    followMs,
    gate,
    open: 0,
    followed: 0,
    answering: new Set(),
    unanswered: [],
    reset: () => downstream.resetAndDestroy(),
  };
  client.on('error', () => real.destroy());
  client.on('close', () => {
    if (calls.open === 0) server.close(() => downstream.destroySoon());
    // What was answered before the real endpoint broke is on its way to the sender there, too.
    else void whenHandedOn(calls).then(() => downstream.resetAndDestroy());
  });
  // The real endpoint is about to go: what is on its way is still answered.
  client.on('goaway', () => server.close());
  server.on('error', () => downstream.resetAndDestroy());
  server.on('stream', (stream, headers) => forward(stream, headers, calls));
}

/** The calls of one connection. */
interface Calls {
  readonly client: ClientHttp2Session;
  readonly connection: number;
  readonly recorder: Recorder;
  readonly followMs: number;
  readonly gate: Gate;
  /** Calls that are not answered yet. */
  open: number;
  /** Calls whose answer is waited for although their sender gave them up. */
  followed: number;
  /** Calls whose answer is being handed to the sender. */
  readonly answering: Set<ServerHttp2Stream>;
  /** Calls whose answer is not handed on: their connection is reset once no other is open. */
  readonly unanswered: number[];
  reset(): void;
}

const answerHandedOnWithinMs = 1_000;

/** Resolves when every answer is handed to the sender, or after a while. */
async function whenHandedOn({ answering }: Calls): Promise<void> {
  const closed = [...answering].map((stream) => once(stream, 'close').catch(() => undefined));
  await Promise.race([
    Promise.all(closed),
    sleep(answerHandedOnWithinMs, undefined, { ref: false }),
  ]);
}

function forward(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, calls: Calls): void {
  const { connection, recorder } = calls;
  const pieces: Buffer[] = [];
  stream.on('error', () => undefined);
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.once('end', () => {
    const payload = Buffer.concat(pieces);
    // A sender that broke off ends the stream as well: the real endpoint would have got no call.
    if (!isWholeMessage(payload)) {
      stream.close(constants.NGHTTP2_CANCEL);
      return;
    }
    const meta = {
      path: String(headers[':path']),
      encoding: String(headers['grpc-encoding'] ?? 'identity'),
      grpc: true,
    };
    const request = recorder.request(connection, meta, payload);
    const met = calls.gate.meet({ meta, payload });
    if (met && isInStead(met.instead)) {
      const { headers: head, payload: body, ...said } = answerGrpc(met.instead, met.items);
      recorder.answer(request, { ...said, payload: body });
      watchHandOn(stream, request, calls);
      respond(stream, head, body, said.outcome === 'ok' ? { 'grpc-status': '0' } : undefined);
    } else call(stream, headers, calls, payload, request, met);
  });
}

const frameHeadLength = 5;

/** A unary call's payload is one frame: a byte of flags, the length as u32, the message. */
function isWholeMessage(payload: Buffer): boolean {
  if (payload.length < frameHeadLength) return false;
  return payload.length === frameHeadLength + payload.readUInt32BE(1);
}

function call(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  calls: Calls,
  payload: Buffer,
  request: number,
  met: Met | undefined,
): void {
  const { client, recorder } = calls;
  const sinceMs = performance.now();
  let answered = false;
  calls.open++;
  const answer = (value: Answer): void => {
    if (answered) return;
    answered = true;
    // A broken call stays open: its sender must see the connection break.
    if (value.outcome !== 'broken') calls.open--;
    recorder.answer(request, value);
  };
  if (client.closed || client.destroyed) {
    answer({ outcome: 'broken', code: -1, message: 'connection gone' });
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
    return;
  }
  let follow: ((value: Answer) => void) | undefined;
  const real = client.request(callHeaders(ofCall(headers, calls.followMs)));
  const onReply = ({ value, head, trailers }: Reply): void => {
    if (answered) {
      follow?.(value);
      return;
    }
    answer(value);
    if (head === undefined) {
      // Where the whole connection broke, so will the one to the sender: that is what it must see.
      setImmediate(() => {
        if (!stream.destroyed && !client.destroyed)
          stream.close(real.rstCode || constants.NGHTTP2_CANCEL);
      });
      return;
    }
    if (met?.instead.status === 'reset') {
      calls.unanswered.push(request);
      resetWhenAlone(calls);
      return;
    }
    watchHandOn(stream, request, calls);
    respond(stream, head, value.payload ?? Buffer.alloc(0), trailers);
    resetWhenAlone(calls);
  };
  readReply(real, (reply) => {
    if (met?.instead.status !== 'slow') return onReply(reply);
    calls.gate.hold(sinceMs, met.instead.byMs, () => onReply(reply));
  });
  stream.once('close', () => {
    if (answered) return;
    answer({ outcome: 'cancelled', code: -1 });
    follow = followed(real, request, calls);
    if (!follow) real.close(constants.NGHTTP2_CANCEL);
  });
  real.end(payload);
}

/**
 * Resets a connection of which some answers are not to be handed on, once the real endpoint has
 * taken all that came by it.
 */
function resetWhenAlone(calls: Calls): void {
  if (calls.open > 0 || calls.unanswered.length === 0) return;
  for (const request of calls.unanswered.splice(0)) calls.recorder.unheard(request);
  void whenHandedOn(calls).then(() => calls.reset());
}

/**
 * Goes on waiting for the answer to a call that its sender gave up.
 *
 * @returns to be called with it; undefined where it is not waited for
 */
function followed(
  real: ClientHttp2Stream,
  request: number,
  calls: Calls,
): ((value: Answer) => void) | undefined {
  const { followMs, recorder } = calls;
  if (followMs === 0 || calls.followed >= followedAtOnce) return undefined;
  calls.followed++;
  const late = setTimeout(() => real.close(constants.NGHTTP2_CANCEL), followMs).unref();
  return (value) => {
    clearTimeout(late);
    calls.followed--;
    recorder.followed(request, value);
  };
}

/** Notes an answer that its sender can't have got whole. */
function watchHandOn(
  stream: ServerHttp2Stream,
  request: number,
  { recorder, answering }: Calls,
): void {
  if (stream.destroyed || stream.closed) {
    recorder.unheard(request);
    return;
  }
  answering.add(stream);
  stream.once('close', () => {
    answering.delete(stream);
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || !stream.writableFinished)
      recorder.unheard(request);
  });
}
