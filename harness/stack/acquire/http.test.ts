import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createHttpClient, fetchText } from './http.ts';
import { cleanUp, onCleanUp, startHost, temporaryDir } from './testing.ts';

/** Made for these tests alone, valid for a century: `openssl req -x509 -newkey ec ...`. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9X1ERoH/zT6b6fOZ
W1BePaAo2mM4+0Jr9gfJzUUkqW6hRANCAARGIZmDJPHm+KVH1LGRskHUie/BGwyI
6fdx7fiUSIdiyglgutGzUUFG41aEZMY30eXSi9gyVSAvhyGBNG1XOFgc
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBoTCCAUegAwIBAgIUMueZtsOTA2JhZBC/fYhBr0dYKyEwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcmVsZWFzZXMudGVzdDAgFw0yNjExMjEwOTM5MTNaGA8yMTI2
MTAyODA5MzkxM1owGDEWMBQGA1UEAwwNcmVsZWFzZXMudGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABEYhmYMk8eb4pUfUsZGyQdSJ78EbDIjp93Ht+JRIh2LK
CWC60bNRQUbjVoRkxjfR5dKL2DJVIC+HIYE0bVc4WByjbTBrMB0GA1UdDgQWBBTC
LHl9X2uN7yQ9kwqB9i7SBxg/xzAfBgNVHSMEGDAWgBTCLHl9X2uN7yQ9kwqB9i7S
Bxg/xzAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDXJlbGVhc2VzLnRlc3Qw
CgYIKoZIzj0EAwIDSAAwRQIhAIH+jOa4Kl2TJW8dJ8xZnetgk8Z6VPavAbkGdePQ
1uVfAiAyy6tKfUJHyKmX+cP2nfcQORT1bXJPUn6Kynw6cI4Bbw==
-----END CERTIFICATE-----
`;

afterEach(cleanUp);

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  onCleanUp(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A proxy for both kinds of address; notes what it was asked for. */
async function startProxy(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const proxy = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('from the proxy');
  });
  proxy.on('connect', (request, socket: net.Socket) => {
    asked.push(`CONNECT ${request.url}`);
    const port = Number(request.url?.split(':').at(-1));
    const upstream = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(proxy)}`, asked };
}

/** An HTTPS host for `releases.test` with an authority of its own. */
async function startSecureHost(): Promise<{ port: number; caFile: string }> {
  const server = https.createServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
    if (request.url === '/down') {
      response.writeHead(302, { location: 'http://127.0.0.1:1/plain' }).end();
    } else response.end(`secret of ${request.headers.host}`);
  });
  const caFile = path.join(await temporaryDir(), 'ca.pem');
  await writeFile(caFile, CERTIFICATE);
  return { port: await listen(server), caFile };
}

test('an https address goes through the proxy, trusted by the custom authority', async () => {
  const { port, caFile } = await startSecureHost();
  const proxy = await startProxy();
  const client = await createHttpClient({ proxy: { https: proxy.url }, caFile });
  const text = await fetchText(client, `https://releases.test:${port}/file`);
  expect(text).toBe(`secret of releases.test:${port}`);
  expect(proxy.asked).toEqual([`CONNECT releases.test:${port}`]);
});

test('without the authority the same host is refused', async () => {
  const { port } = await startSecureHost();
  const proxy = await startProxy();
  const client = await createHttpClient({ proxy: { https: proxy.url } });
  const asked = fetchText(client, `https://releases.test:${port}/file`);
  await expect(asked).rejects.toThrow(/releases\.test.*self-signed certificate/);
});

test('a redirect away from encryption is refused', async () => {
  const { port, caFile } = await startSecureHost();
  const proxy = await startProxy();
  const client = await createHttpClient({ proxy: { https: proxy.url }, caFile });
  const asked = fetchText(client, `https://releases.test:${port}/down`);
  await expect(asked).rejects.toThrow('is not encrypted');
});

test('a plain address goes through its proxy, but for the hosts that need none', async () => {
  const proxy = await startProxy();
  const host = await startHost((_request, response) => response.end('from the host'));
  const through = await createHttpClient({ proxy: { http: proxy.url } });
  expect(await fetchText(through, `${host.url}/a`)).toBe('from the proxy');
  expect(proxy.asked).toEqual([`GET ${host.url}/a`]);
  const past = await createHttpClient({ proxy: { http: proxy.url, noProxy: '127.0.0.1' } });
  expect(await fetchText(past, `${host.url}/b`)).toBe('from the host');
  expect(host.requests).toEqual(['/b']);
});

test('redirects are followed, but not for ever', async () => {
  const host = await startHost((request, response) => {
    if (request.url === '/end') response.end('there');
    else response.writeHead(302, { location: request.url === '/a' ? 'end' : '/loop' }).end();
  });
  const client = await createHttpClient({});
  expect(await fetchText(client, `${host.url}/a`)).toBe('there');
  await expect(fetchText(client, `${host.url}/loop`)).rejects.toThrow('more than 5 times');
});

test('a silent host is given up, with a reason', async () => {
  const host = await startHost(() => {});
  const client = await createHttpClient({}, 50);
  await expect(fetchText(client, host.url)).rejects.toThrow('nothing came for');
});

test('a proxy that keeps silent is given up as well', async () => {
  const silent = await listen(net.createServer(() => {}));
  const client = await createHttpClient({ proxy: { https: `http://127.0.0.1:${silent}` } }, 50);
  await expect(fetchText(client, 'https://releases.test/')).rejects.toThrow(/nothing came|time/);
  const patient = await createHttpClient({ proxy: { https: `http://127.0.0.1:${silent}` } });
  const abort = AbortSignal.timeout(50);
  await expect(fetchText(patient, 'https://releases.test/', abort)).rejects.toThrow('aborted');
});

test('an abort ends a text half-way', async () => {
  const abort = new AbortController();
  const host = await startHost((_request, response) => {
    response.write('the first half', () => abort.abort());
  });
  const client = await createHttpClient({});
  await expect(fetchText(client, host.url, abort.signal)).rejects.toThrow(/abort/);
});

test('a text that does not end is given up', async () => {
  const host = await startHost((_request, response) => response.end('x'.repeat(1_000_001)));
  const client = await createHttpClient({});
  await expect(fetchText(client, host.url)).rejects.toThrow('more than 1000000 bytes');
});

test('an unreadable authority file is the user’s to mend', async () => {
  const client = createHttpClient({ caFile: '/nowhere/ca.pem' });
  await expect(client).rejects.toThrow('NODE_EXTRA_CA_CERTS');
});
