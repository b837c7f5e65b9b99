import {
  Agent,
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestMeta } from './format.ts';
import { createGate, type Gate } from './gate.ts';
import { answerHttp, isInStead } from './instead.ts';
import type { Answer, Recorder } from './recorder.ts';
import { endLike, type ListenAddress, listenInFront, type UpstreamAddress } from './upstream.ts';

interface Pair {
  readonly connection: number;
  readonly peer: Pick<RequestMeta, 'peer'>;
  /** Hands out the one connection to the real endpoint. */
  readonly agent: Agent;
  readonly recorder: Recorder;
  readonly followMs: number;
  readonly forwarding: Set<Promise<void>>;
  readonly gate: Gate;
  /** Requests that are not answered yet. */
  open: number;
}

/**
 * Records HTTP/1.1 requests on their way to `upstream`; one connection in, one out.
 *
 * @param followMs how long the answer to a request is waited for that its sender gave up, which in
 *   HTTP/1.1 is to close the connection; the real endpoint is then not told. 0: it is told
 * @param gate by which the real endpoint can be made to seem gone
 * @param tellsPeers each request is recorded with the address that it came from
 */
export function listenHttp(
  listen: ListenAddress,
  upstream: UpstreamAddress,
  recorder: Recorder,
  followMs = 0,
  gate = createGate(),
  tellsPeers = false,
): Promise<Server> {
  const pairs = new WeakMap<Socket, Pair>();
  const server = createHttpServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    const pair = pairs.get(incoming.socket);
    if (!pair) return;
    const forwarded = forward(incoming, outgoing, pair);
    pair.forwarding.add(forwarded);
    void forwarded.finally(() => pair.forwarding.delete(forwarded));
  });
  return listenInFront(
    listen,
    upstream,
    (downstream, real) => {
      const connection = recorder.connection('opened');
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      agent.createConnection = () => real;
      downstream.once('close', () => void recorder.connection('closed', connection));
      const forwarding = new Set<Promise<void>>();
      const peer = tellsPeers ? { peer: downstream.remoteAddress ?? '' } : {};
      const pair = { connection, peer, agent, recorder, followMs, forwarding, gate, open: 0 };
      pairs.set(downstream, pair);
      endLike(downstream, real, () => pair.open > 0);
      server.emit('connection', downstream);
      return async () => {
        const late = sleep(followMs, undefined, { ref: false });
        if (followMs > 0) await Promise.race([Promise.all(forwarding), late]);
        agent.destroy();
      };
    },
    () => void recorder.connection('refused'),
    gate,
  );
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

const states = { ok: 'yes', error: 'yes', cancelled: 'given up', broken: 'broken' } as const;

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  pair: Pair,
): Promise<void> {
  const { connection, peer, agent, recorder, followMs, gate } = pair;
  let request = 0;
  let left = false;
  let answered: 'no' | 'yes' | 'given up' | 'broken' = 'no';
  pair.open++;
  const answer = (value: Answer): void => {
    if (answered === 'no') {
      recorder.answer(request, value);
      answered = states[value.outcome];
    } else if (answered === 'given up' && followMs > 0) recorder.followed(request, value);
  };
  // Its sender may leave before it is answered, or while the answer is on its way.
  const leave = (): void => {
    left = true;
    if (request === 0 || outgoing.writableFinished) return;
    if (answered === 'yes') recorder.unheard(request);
    else if (answered === 'no') answer({ outcome: 'cancelled', code: -1 });
  };
  outgoing.once('close', leave);
  try {
    const payload = await bodyOf(incoming);
    const encoding = incoming.headers['content-encoding'] ?? 'identity';
    const meta = { path: incoming.url ?? '', encoding, grpc: false, ...peer };
    request = recorder.request(connection, meta, payload);
    if (left) leave();
    const sinceMs = performance.now();
    const met = gate.meet({ meta, payload });
    if (met && isInStead(met.instead)) {
      const { headers, ...said } = answerHttp(met.instead, met.items);
      answer(said);
      outgoing.writeHead(said.code, headers);
      outgoing.end(said.outcome === 'ok' ? said.payload : said.message);
      pair.open--;
      return;
    }
    const real = await send(incoming, payload, agent);
    const reply = await bodyOf(real);
    if (met?.instead.status === 'slow') {
      const { byMs } = met.instead;
      await new Promise<void>((resolve) => gate.hold(sinceMs, byMs, resolve));
    }
    const code = real.statusCode ?? -1;
    const outcome = code >= 200 && code < 300 ? 'ok' : 'error';
    const message = outcome === 'ok' ? '' : reply.toString('utf8', 0, 1000);
    answer({ outcome, code, message, payload: reply });
    if (met?.instead.status === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    outgoing.writeHead(code, real.headers);
    outgoing.end(reply);
    pair.open--;
  } catch (error) {
    if (request > 0) answer({ outcome: 'broken', code: -1, message: String(error) });
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
