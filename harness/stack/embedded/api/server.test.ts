import { once } from 'node:events';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { createCertificate } from './certificate.ts';
import { createObjectStore } from './objects.ts';
import { createApiServer } from './server.ts';

it('tells its version to whoever asks, and nothing else without a token', async () => {
  const made = await createCertificate('kubernetes', ['localhost'], ['127.0.0.1'], Date.now());
  const unknown: string[] = [];
  const server = createApiServer({
    store: createObjectStore(),
    grants: () => [],
    accountOf: () => undefined,
    certificate: made.certificate,
    key: made.key,
    onUnknown: (path) => void unknown.push(path),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const get = async (path: string): Promise<[number | undefined, Record<string, unknown>]> => {
    const asked = request({ host: '127.0.0.1', port, path, ca: made.authority }).end();
    const [response] = await once(asked, 'response');
    return [response.statusCode, JSON.parse(await text(response))];
  };
  const told = await get('/version?timeout=32s');
  expect(told).toEqual([200, expect.objectContaining({ gitVersion: 'v1.34.4' })]);
  expect((await get('/api/v1/pods'))[0]).toBe(401);
  expect((await get('/versions'))[0]).toBe(404);
  expect(unknown).toEqual(['/versions']);
  server.close();
});
