import { request } from 'node:http';

/** Where an HTTP API listens: a socket file, or a TCP port. */
export type HttpTarget =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

export interface Asked {
  readonly timeoutMs?: number;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * One GET over a socket file or TCP.
 * @throws Error when there is no answer within the time
 */
export function get(target: HttpTarget, path: string, options: Asked = {}): Promise<HttpAnswer> {
  const { timeoutMs = 10_000, accept = 'application/json', headers = {} } = options;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...target,
        path,
        method: 'GET',
        headers: { ...headers, accept, host: 'backend' },
        agent: false,
        timeout: timeoutMs,
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) }),
        );
      },
    );
    call.once('timeout', () =>
      call.destroy(new Error(`no answer within ${timeoutMs} ms: ${path}`)),
    );
    call.once('error', reject);
    call.end();
  });
}

/** A GET whose answer is JSON. @throws Error for any status but 200 */
export async function getJson(
  target: HttpTarget,
  path: string,
  timeoutMs?: number,
  headers: Asked['headers'] = {},
): Promise<unknown> {
  const asked = { headers, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const { status, body } = await get(target, path, asked);
  if (status !== 200) throw new Error(`status ${status}: ${body.toString('utf8', 0, 300)}`);
  return JSON.parse(body.toString('utf8'));
}
