import type { IncomingHttpHeaders } from 'node:http2';

/** Headers that belong to the connection, not to the call. */
const ownHeaders = new Set(['connection', 'keep-alive', 'host', 'transfer-encoding', 'upgrade']);

/** A deadline of which the real endpoint knew would end what is to be followed. */
export function ofCall(headers: IncomingHttpHeaders, followMs: number): IncomingHttpHeaders {
  const { 'grpc-timeout': _, ...others } = headers;
  return followMs > 0 ? others : headers;
}

export function callHeaders(
  headers: Readonly<Record<string, string | number | string[] | undefined>>,
): Record<string, string | number | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)));
}
