import {
  Agent,
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Recorder } from './recorder.ts';
import { type Address, endLike, listenInFront } from './upstream.ts';

interface Pair {
  readonly connection: number;
  /** Hands out the one connection to the real endpoint. */
  readonly agent: Agent;
  readonly recorder: Recorder;
  /** Requests that are not answered yet. */
  open: number;
}

/** Records HTTP/1.1 requests on their way to `upstream`; one connection in, one out. */
export function listenHttp(
  listen: Address,
  upstream: Address,
  recorder: Recorder,
): Promise<Server> {
  const pairs = new WeakMap<Socket, Pair>();
  const server = createHttpServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    const pair = pairs.get(incoming.socket);
    if (pair) void forward(incoming, outgoing, pair);
  });
  return listenInFront(
    listen,
    upstream,
    (downstream, real) => {
      const connection = recorder.connection('opened');
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      agent.createConnection = () => real;
      downstream.once('close', () => {
        agent.destroy();
        recorder.connection('closed', connection);
      });
      const pair = { connection, agent, recorder, open: 0 };
      pairs.set(downstream, pair);
      endLike(downstream, real, () => pair.open > 0);
      server.emit('connection', downstream);
    },
    () => void recorder.connection('refused'),
  );
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  pair: Pair,
): Promise<void> {
  const { connection, agent, recorder } = pair;
  let request = 0;
  pair.open++;
  try {
    const payload = await bodyOf(incoming);
    const encoding = incoming.headers['content-encoding'] ?? 'identity';
    const meta = { path: incoming.url ?? '', encoding, grpc: false };
    request = recorder.request(connection, meta, payload);
    const answer = await send(incoming, payload, agent);
    const reply = await bodyOf(answer);
    const code = answer.statusCode ?? -1;
    const outcome = code >= 200 && code < 300 ? 'ok' : 'error';
    const message = outcome === 'ok' ? '' : reply.toString('utf8', 0, 1000);
    recorder.answer(request, { outcome, code, message, payload: reply });
    const answered = request;
    request = 0;
    // Its sender may have left while the answer came.
    if (outgoing.destroyed) recorder.unheard(answered);
    else {
      outgoing.once('close', () => {
        if (!outgoing.writableFinished) recorder.unheard(answered);
      });
    }
    outgoing.writeHead(code, answer.headers);
    outgoing.end(reply);
    pair.open--;
  } catch (error) {
    if (request > 0) {
      const outcome = outgoing.destroyed ? 'cancelled' : 'broken';
      recorder.answer(request, { outcome, code: -1, message: String(error) });
    }
    incoming.socket.resetAndDestroy();
  }
}

function send(incoming: IncomingMessage, payload: Buffer, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...incoming.headers, 'content-length': String(payload.length) };
    delete headers['transfer-encoding'];
    const forwarded = httpRequest({
      agent,
      method: incoming.method ?? 'POST',
      path: incoming.url ?? '/',
      headers,
    });
    forwarded.once('response', resolve);
    forwarded.once('error', reject);
    forwarded.end(payload);
  });
}
