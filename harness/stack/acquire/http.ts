import { readFile } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { addAbortSignal } from 'node:stream';
import tls from 'node:tls';
import { messageOf, UserError } from '../../lib/errors.ts';
import type { AcquireSettings } from './types.ts';

const MAX_REDIRECTS = 5;
const MAX_TEXT_BYTES = 1_000_000;
const IDLE_MS = 30_000;

export interface HttpClient {
  /**
   * One GET; redirects are followed. The caller consumes or destroys the answer, whatever its
   * status. Rejects with a message that names the address.
   */
  get(url: string, headers: Record<string, string>, signal?: AbortSignal): Promise<IncomingMessage>;
}

/**
 * A client that honours the settings' proxies and trusts their CA file beside Node's own
 * authorities. A connection that brings nothing for `idleMs` is given up.
 */
export async function createHttpClient(
  settings: Pick<AcquireSettings, 'proxy' | 'caFile'>,
  idleMs: number = IDLE_MS,
): Promise<HttpClient> {
  const { proxy } = settings;
  const proxyEnv = {
    HTTP_PROXY: proxy?.http,
    HTTPS_PROXY: proxy?.https,
    NO_PROXY: proxy?.noProxy,
  };
  const ca = settings.caFile ? await trusted(settings.caFile) : undefined;
  const agents = {
    'http:': new http.Agent({ proxyEnv, timeout: idleMs }),
    'https:': new https.Agent({ proxyEnv, timeout: idleMs, ...(ca ? { ca } : {}) }),
  };
  return { get: (url, headers, signal) => follow(agents, url, headers, idleMs, signal) };
}

async function trusted(caFile: string): Promise<string[]> {
  try {
    return [...tls.getCACertificates('default'), await readFile(caFile, 'utf8')];
  } catch (error) {
    throw new UserError(
      `Cannot read the certificate authorities (NODE_EXTRA_CA_CERTS): ${messageOf(error)}`,
    );
  }
}

type Agents = { 'http:': http.Agent; 'https:': https.Agent };

async function follow(
  agents: Agents,
  url: string,
  headers: Record<string, string>,
  idleMs: number,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await getOnce(agents, at, headers, idleMs, signal);
    const location = answer.headers.location;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || !location) return answer;
    answer.destroy();
    const next = new URL(location, at).href;
    if (at.startsWith('https:') && !next.startsWith('https:')) {
      throw new Error(`${at} redirects to ${next}, which is not encrypted`);
    }
    at = next;
  }
  throw new Error(`${url} redirects more than ${MAX_REDIRECTS} times`);
}

async function getOnce(
  agents: Agents,
  url: string,
  headers: Record<string, string>,
  idleMs: number,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  signal?.throwIfAborted();
  const options = { headers: { 'user-agent': 'otel-pipeline-bench', ...headers } };
  return await new Promise((resolve, reject) => {
    const request = url.startsWith('https:')
      ? https.get(url, { ...options, agent: agents['https:'] })
      : http.get(url, { ...options, agent: agents['http:'] });
    const settled = () => {
      clearTimeout(untilAnswer);
      signal?.removeEventListener('abort', aborted);
    };
    // Rejects by itself: a request that still waits for a proxy's tunnel has no socket and
    // reports no error when it is destroyed.
    const fail = (error: Error) => {
      settled();
      request.destroy(error);
      reject(new Error(`${url}: ${networkReason(error)}`));
    };
    const giveUp = () => fail(new Error(`nothing came for ${Math.round(idleMs / 1000)} s`));
    const aborted = () => fail(new Error('aborted'));
    const untilAnswer = setTimeout(giveUp, idleMs);
    request.setTimeout(idleMs, giveUp);
    request.on('response', (answer) => {
      settled();
      resolve(signal ? addAbortSignal(signal, answer) : answer);
    });
    request.on('error', fail);
    signal?.addEventListener('abort', aborted);
  });
}

/** Says what went wrong with a connection, for a person. */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const parts = error instanceof AggregateError ? error.errors.map(messageOf).join(', ') : '';
  const text = error.message || parts || code || error.name;
  return code && !text.includes(code) ? `${text} (${code})` : text;
}

/** Fetches a small text. Rejects on any status but 200, and on more than a megabyte. */
export async function fetchText(
  client: HttpClient,
  url: string,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await client.get(url, {}, signal);
  if (answer.statusCode !== 200) {
    answer.destroy();
    throw new Error(`${url} answered ${answer.statusCode}`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > MAX_TEXT_BYTES) throw new Error(`more than ${MAX_TEXT_BYTES} bytes`);
      chunks.push(bytes);
    }
  } catch (error) {
    throw new Error(`${url}: ${networkReason(error)}`);
  }
  return Buffer.concat(chunks).toString('utf8');
}
