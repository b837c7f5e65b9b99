import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Server, Socket } from 'node:net';
import type { Answer, Recorder } from './recorder.ts';
import { type Address, listenInFront } from './upstream.ts';

/** A whole request is held before it is passed on; larger ones than the collector takes are not expected. */
const windowBytes = 16 << 20;
/** Node turns streams away when a session holds more; its default of 10 would shape the traffic. */
const sessionMegabytes = 1_000;

/** Records unary gRPC calls (h2c) on their way to `upstream`; one connection in, one out. */
export function listenGrpc(
  listen: Address,
  upstream: Address,
  recorder: Recorder,
): Promise<Server> {
  return listenInFront(
    listen,
    upstream,
    (downstream, real) => pair(downstream, real, upstream, recorder),
    () => void recorder.connection('refused'),
  );
}

function pair(downstream: Socket, real: Socket, upstream: Address, recorder: Recorder): void {
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
  const end = (): void => {
    downstream.resetAndDestroy();
    real.destroy();
  };
  client.on('error', end);
  client.on('goaway', () => server.close());
  server.on('error', end);
  server.on('stream', (stream, headers) => forward(stream, headers, client, connection, recorder));
}

/** Headers that belong to the connection, not to the call. */
const ownHeaders = new Set(['connection', 'keep-alive', 'host', 'transfer-encoding', 'upgrade']);

function callHeaders(headers: IncomingHttpHeaders): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)));
}

function forward(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  client: ClientHttp2Session,
  connection: number,
  recorder: Recorder,
): void {
  const pieces: Buffer[] = [];
  stream.on('error', () => undefined);
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.once('end', () => {
    const payload = Buffer.concat(pieces);
    const meta = {
      path: String(headers[':path']),
      encoding: String(headers['grpc-encoding'] ?? 'identity'),
      grpc: true,
    };
    const request = recorder.request(connection, meta, payload);
    call(stream, headers, client, payload, request, recorder);
  });
}

function call(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  client: ClientHttp2Session,
  payload: Buffer,
  request: number,
  recorder: Recorder,
): void {
  let answered = false;
  const answer = (value: Answer): void => {
    if (answered) return;
    answered = true;
    recorder.answer(request, value);
  };
  if (client.closed || client.destroyed) {
    answer({ outcome: 'broken', code: -1, message: 'connection gone' });
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
    return;
  }
  const real = client.request(callHeaders(headers));
  const reply: Buffer[] = [];
  let head: IncomingHttpHeaders | undefined;
  let trailers: IncomingHttpHeaders | undefined;
  real.on('error', () => undefined);
  real.on('response', (received) => {
    head = received;
  });
  real.on('trailers', (received) => {
    trailers = received;
  });
  real.on('data', (piece: Buffer) => reply.push(piece));
  real.once('close', () => {
    const status = (trailers ?? head)?.['grpc-status'];
    if (head === undefined || status === undefined) {
      answer({ outcome: 'broken', code: -1, message: `stream error ${real.rstCode}` });
      // Where the whole connection broke, so will the one to the sender: that is what it must see.
      setImmediate(() => {
        if (!stream.destroyed && !client.destroyed)
          stream.close(real.rstCode || constants.NGHTTP2_CANCEL);
      });
      return;
    }
    const code = Number(status);
    const message = decodeURIComponent(String((trailers ?? head)['grpc-message'] ?? ''));
    const body = Buffer.concat(reply);
    answer({ outcome: code === 0 ? 'ok' : 'error', code, message, payload: body });
    respond(stream, head, body, trailers);
  });
  stream.once('close', () => {
    if (answered) return;
    answer({ outcome: 'cancelled', code: -1 });
    real.close(constants.NGHTTP2_CANCEL);
  });
  real.end(payload);
}

function respond(
  stream: ServerHttp2Stream,
  head: IncomingHttpHeaders,
  body: Buffer,
  trailers: IncomingHttpHeaders | undefined,
): void {
  if (stream.destroyed || stream.closed) return;
  if (trailers === undefined) {
    stream.respond(callHeaders(head), { endStream: true });
    return;
  }
  stream.respond(callHeaders(head), { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(callHeaders(trailers)));
  stream.end(body);
}
