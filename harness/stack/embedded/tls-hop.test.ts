import { request as plainRequest } from 'node:http';
import { connect as connectHttp2, createSecureServer, type ServerHttp2Stream } from 'node:http2';
import { createServer, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { listenGrpc } from '../../tap/grpc.ts';
import { listenHttp } from '../../tap/http.ts';
import { frame, host, tapBench } from '../../tap/tap.testing.ts';
import type { KeyPair } from '../../tap/tls.ts';
import { sign } from './api/certificate.ts';

const bench = tapBench();
const hourMs = 3_600_000;
const servername = 'gateway.obs.svc';

const pairs: Record<'authority' | 'good' | 'expired' | 'other' | 'agent' | 'stranger', KeyPair> =
  {} as never;
beforeAll(async () => {
  const nowMs = Date.now();
  const usual = { addresses: [], isAuthority: false, usages: [], fromMs: nowMs - 5 * hourMs };
  const of = (subject: string, name: string, toMs = nowMs + hourMs) => ({
    ...usual,
    subject,
    names: [name],
    toMs,
  });
  pairs.authority = await sign({ ...of('authority', 'authority'), isAuthority: true });
  pairs.good = await sign(of('gateway', servername), pairs.authority);
  pairs.expired = await sign(of('gateway', servername, nowMs - hourMs), pairs.authority);
  pairs.other = await sign(of('gateway', 'other.obs.svc'), pairs.authority);
  pairs.agent = await sign(of('agent', 'agent.obs.svc'), pairs.authority);
  pairs.stranger = await sign(of('stranger', 'agent.obs.svc'));
});

/** A receiver that ends TLS and answers by whom it was asked; and a recorder in front of it. */
async function hop(own: KeyPair, asks = false) {
  const client = asks ? { requestCert: true, ca: pairs.authority.certificate } : {};
  const receiver = createServer(
    { cert: own.certificate, key: own.key, ...client },
    (incoming, answer) => {
      const { CN = 'nobody' } = (incoming.socket as TLSSocket).getPeerCertificate().subject ?? {};
      incoming.resume().once('end', () => answer.end(CN));
    },
  );
  const direct = await bench.portOf(receiver);
  const clientAuthority = asks ? pairs.authority.certificate : undefined;
  const recorder = await listenHttp(
    { host, port: 0, tls: { ...own, clientAuthority } },
    { host, port: direct, tls: { senders: [pairs.agent, pairs.stranger] } },
    bench.recorder,
  );
  return { direct, recorded: await bench.portOf(recorder) };
}

/** What a sender hears: the answer, or how it failed. */
const ask = (port: number, trusts: string | undefined, shown?: KeyPair) =>
  new Promise<string>((resolve) => {
    const options = { host, port, servername, method: 'POST', agent: false } as const;
    const own = shown ? { cert: shown.certificate, key: shown.key } : {};
    const call = request({ ...options, ...own, ...(trusts ? { ca: trusts } : {}) }, (answer) => {
      answer.setEncoding('utf8').once('data', resolve);
    });
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.end('spans');
  });

const requests = async () =>
  (await bench.records()).flatMap((one) => (one.type === 'request' ? one.payload.toString() : []));

describe('a hop between tiers that is encrypted', () => {
  it('is recorded, and each end sees what it would without the recorder', async () => {
    const { recorded } = await hop(pairs.good);
    expect(await ask(recorded, pairs.authority.certificate)).toBe('nobody');
    expect(await requests()).toEqual(['spans']);
  });

  it('fails in the sender as it would without', async () => {
    const { certificate } = pairs.authority;
    for (const [own, trusts, code] of [
      [pairs.good, undefined, /UNABLE_TO_VERIFY_LEAF/],
      [pairs.expired, certificate, /CERT_HAS_EXPIRED/],
      [pairs.other, certificate, /ALTNAME_INVALID/],
    ] as const) {
      const { direct, recorded } = await hop(own);
      const told = await ask(recorded, trusts);
      expect(told).toMatch(code);
      expect(told).toBe(await ask(direct, trusts));
    }
    expect(await requests()).toEqual([]);
  });

  it('lets what is not encrypted through as it comes: the receiver answers it', async () => {
    const { direct, recorded } = await hop(pairs.good);
    const plain = (port: number) =>
      new Promise<string>((resolve) => {
        const call = plainRequest({ host, port, method: 'POST', agent: false });
        call.once('response', ({ statusCode }) => resolve(String(statusCode)));
        call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
        call.end('spans');
      });
    expect(await plain(recorded)).toBe(await plain(direct));
    const records = await bench.records();
    expect(records.some(({ type }) => type === 'request')).toBe(false);
  });

  it('shows the receiver the certificate that the sender showed', async () => {
    const { recorded } = await hop(pairs.good, true);
    const { certificate } = pairs.authority;
    expect(await ask(recorded, certificate, pairs.agent)).toBe('agent');
    expect(await ask(recorded, certificate, pairs.stranger)).not.toBe('stranger');
    expect(await ask(recorded, certificate)).not.toBe('nobody');
    expect(await requests()).toEqual(['spans']);
  });

  it('is recorded over gRPC, too', async () => {
    const { certificate, key } = pairs.good;
    const receiver = createSecureServer({ cert: certificate, key });
    receiver.on('stream', (stream: ServerHttp2Stream) => {
      stream.resume().once('end', () => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.alloc(5));
      });
    });
    const upstream = { host, port: await bench.portOf(receiver), tls: { senders: [] } };
    const tls = { certificate, key };
    const recorder = await listenGrpc({ host, port: 0, tls }, upstream, bench.recorder);
    const port = await bench.portOf(recorder);
    const ca = pairs.authority.certificate;
    const session = connectHttp2(`https://${host}:${port}`, { ca, servername });
    bench.closers.push(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': '/TraceService/Export' });
    stream.end(frame(Buffer.from('spans')));
    const status = await new Promise((resolve) => {
      stream.once('trailers', (trailers) => resolve(trailers['grpc-status']));
    });
    expect(status).toBe('0');
    expect(await requests()).toEqual([frame(Buffer.from('spans')).toString()]);
  });
});
