import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pipeline } from '../../pipeline/types.ts';
import { decodeRecord, recordLength, type TapRecord } from '../../tap/format.ts';
import type { ServerCertificate } from './api/certificate.ts';
import { createRecorderTls, namesOf } from './recorder-tls.ts';
import { startTaps } from './taps.ts';

const servername = 'otlp.vendor.example';
const pipelineOf = (tls: boolean, override?: string) =>
  ({
    backends: [{ id: 'v:443', host: servername, tls }],
    tiers: [
      {
        outputs: [
          {
            to: { backend: 'v:443' },
            exporter: { config: { tls: { server_name_override: override } } },
          },
        ],
      },
    ],
  }) as unknown as Pipeline;

describe('the certificate of recorders', () => {
  it('is of the backends that speak TLS, by every name that is asked for', async () => {
    expect(namesOf(pipelineOf(true))).toEqual([servername]);
    expect(namesOf(pipelineOf(true, 'other.example'))).toEqual([servername, 'other.example']);
    expect(await createRecorderTls(pipelineOf(false, 'other.example'), Date.now())).toBeUndefined();
  });
});

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function recordsIn(file: string): TapRecord[] {
  const bytes = readFileSync(file);
  const all: TapRecord[] = [];
  for (let at = 0; at < bytes.length; at += recordLength(bytes, at) ?? Infinity) {
    all.push(decodeRecord(bytes, at));
  }
  return all;
}

/** Sends a request over HTTP/1.1 within TLS. @returns status and body, or how it failed */
const post = (port: number, ca: string | undefined, body: string, type: string) =>
  new Promise<string>((resolve) => {
    const headers = { 'content-type': type };
    const options = { host: '127.0.0.1', port, servername, path: '/v1/logs', method: 'POST' };
    const call = request({ ...options, headers, agent: false, ...(ca ? { ca } : {}) }, (answer) => {
      let text = '';
      answer
        .on('data', (piece) => (text += piece))
        .on('end', () => {
          resolve(`${answer.statusCode} ${text}`);
        });
    });
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.end(body);
  });

/** A unary call with an empty message. @returns its status, or how it failed */
const call = (port: number, ca: string) =>
  new Promise<string>((resolve) => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca, servername });
    session.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    const stream = session.request({ ':method': 'POST', ':path': '/LogsService/Export' });
    stream.once('trailers', (trailers) => {
      resolve(String(trailers['grpc-status']));
      session.destroy();
    });
    stream.on('error', () => undefined).resume();
    stream.end(Buffer.alloc(5));
  });

describe('a recorder that ends TLS where nothing real stands', () => {
  let tls: ServerCertificate;
  beforeAll(async () => {
    tls = (await createRecorderTls(pipelineOf(true), Date.now())) as ServerCertificate;
  });

  /** Does something with a tap, and tells what it recorded. */
  async function recorded(protocol: 'http' | 'grpc', use: (port: number) => Promise<void>) {
    const onDeath = (why: string): never => {
      throw new Error(why);
    };
    const taps = startTaps(process.execPath, { onCounts: () => undefined, onDeath });
    const port = await freePort();
    const file = join(folder, `${port}.tap`);
    const identity = { run: 'r', name: 'v', hop: { backend: 'v:443' } };
    const listen = { host: '127.0.0.1', port, tls };
    await taps.open({ name: 'v', protocol, listen, upstream: 'nobody', file, identity });
    await use(port);
    await taps.close();
    taps.ending();
    process.kill(taps.pid, 'SIGKILL');
    return recordsIn(file);
  }

  it('takes OTLP over HTTP, answers as an endpoint does, and keeps what came', async () => {
    const records = await recorded('http', async (port) => {
      expect(await post(port, tls.authority, 'bytes', 'application/x-protobuf')).toBe('200 ');
      expect(await post(port, tls.authority, '{"a":1}', 'application/json')).toBe('200 {}');
    });
    const requests = records.flatMap((record) => (record.type === 'request' ? record : []));
    expect(requests.map(({ payload }) => payload.toString())).toEqual(['bytes', '{"a":1}']);
    expect(requests[0]?.meta.path).toBe('/v1/logs');
    const answers = records.flatMap((record) => (record.type === 'answer' ? record.outcome : []));
    expect(answers).toEqual(['ok', 'ok']);
  });

  it('takes OTLP over gRPC', async () => {
    const records = await recorded('grpc', async (port) => {
      expect(await call(port, tls.authority)).toBe('0');
    });
    expect(records.map(({ type }) => type)).toContain('request');
    expect(records.some((r) => r.type === 'answer' && r.outcome === 'ok')).toBe(true);
  });

  it('counts a sender that does not trust it as refused', async () => {
    const records = await recorded('http', async (port) => {
      expect(await post(port, undefined, 'x', 'text/plain')).toMatch(/SELF_SIGNED|UNABLE_TO/);
    });
    expect(records.some(({ type }) => type === 'request')).toBe(false);
  });
});
