import type { ClientHttp2Stream, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { callHeaders } from './grpc-headers.ts';
import type { InsteadAnswer } from './instead.ts';
import type { Answer } from './recorder.ts';

/** How a call ended, with all that its sender is to be told. */
export interface Reply {
  readonly value: Answer;
  /** Undefined where there was no whole answer. */
  readonly head: IncomingHttpHeaders | undefined;
  readonly trailers: IncomingHttpHeaders | undefined;
}

/** Calls back once, when the call is over. */
export function readReply(real: ClientHttp2Stream, onReply: (reply: Reply) => void): void {
  const pieces: Buffer[] = [];
  let head: IncomingHttpHeaders | undefined;
  let trailers: IncomingHttpHeaders | undefined;
  real.on('error', () => undefined);
  real.on('response', (received) => {
    head = received;
  });
  real.on('trailers', (received) => {
    trailers = received;
  });
  real.on('data', (piece: Buffer) => pieces.push(piece));
  real.once('close', () => {
    const status = (trailers ?? head)?.['grpc-status'];
    if (head === undefined || status === undefined) {
      const message = `stream error ${real.rstCode}`;
      onReply({ value: { outcome: 'broken', code: -1, message }, head: undefined, trailers });
      return;
    }
    const code = Number(status);
    const message = decodeURIComponent(String((trailers ?? head)['grpc-message'] ?? ''));
    const payload = Buffer.concat(pieces);
    const value: Answer = { outcome: code === 0 ? 'ok' : 'error', code, message, payload };
    onReply({ value, head, trailers });
  });
}

export function respond(
  stream: ServerHttp2Stream,
  head: Readonly<IncomingHttpHeaders> | InsteadAnswer['headers'],
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
