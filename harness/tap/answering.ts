import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import type { Address } from './upstream.ts';

/** A gRPC frame that holds an empty message: all of the request was taken. */
const emptyFrame = Buffer.alloc(5);

/**
 * What stands behind a recorder where nothing real does, as at a vendor's: it takes every request,
 * as an OTLP endpoint does that rejects nothing (an empty Export...ServiceResponse).
 */
export async function listenAnswering(protocol: 'grpc' | 'http'): Promise<Address> {
  const server: Server = protocol === 'grpc' ? answerGrpc() : answerHttp();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

function answerHttp(): Server {
  // Senders keep their connections as long as they like: a vendor's idle limit is nobody's finding.
  return createHttpServer({ keepAliveTimeout: 0 }, (request, response) => {
    const type = request.headers['content-type'] ?? 'application/x-protobuf';
    request.resume();
    request.once('end', () => {
      response.writeHead(200, { 'content-type': type });
      response.end(/json/.test(type) ? '{}' : undefined);
    });
  });
}

function answerGrpc(): Server {
  const server = createHttp2Server();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    stream.resume();
    stream.once('end', () => {
      if (stream.destroyed || stream.closed) return;
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc' },
        { waitForTrailers: true },
      );
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(emptyFrame);
    });
  });
  return server;
}
