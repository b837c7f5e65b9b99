import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startTaps } from './taps.ts';

const folder = mkdtempSync(join(tmpdir(), 'taps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const endpoint = {
  name: 'tempo',
  protocol: 'grpc' as const,
  listen: { host: '127.0.0.1', port: 0 },
  upstream: { host: '127.0.0.1', port: 1 },
  file: join(folder, 'tempo.tap'),
  identity: { run: 'r', name: 'tempo', hop: { backend: 'tempo:4317' } },
};

it('a tap that was killed is said to have ended, to whoever asks it later too', async () => {
  const death = Promise.withResolvers<string>();
  const taps = startTaps(process.execPath, {
    onCounts: () => undefined,
    onDeath: death.resolve,
  });
  await taps.open(endpoint);
  process.kill(taps.pid, 'SIGKILL');
  expect(await death.promise).toBe('the tap ended (SIGKILL)');
  await expect(taps.open(endpoint)).rejects.toThrow('the tap ended (SIGKILL)');
});

it('a record that can not be written is said, long after its endpoint was opened', async () => {
  const death = Promise.withResolvers<string>();
  const taps = startTaps(process.execPath, {
    onCounts: () => undefined,
    onDeath: death.resolve,
  });
  // A record is never written over what is there already.
  await taps.open({ ...endpoint, file: '/dev/null' });
  expect(await death.promise).toMatch(/^tap tempo: EEXIST/);
  process.kill(taps.pid, 'SIGKILL');
});
