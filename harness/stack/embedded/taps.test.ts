import { expect, it } from 'vitest';
import { startTaps } from './taps.ts';

const endpoint = {
  name: 'tempo',
  protocol: 'grpc' as const,
  listen: { host: '127.0.0.1', port: 0 },
  upstream: { host: '127.0.0.1', port: 1 },
  file: '/dev/null',
};

it('a tap that was killed is said to have ended, to whoever asks it later too', async () => {
  const death = Promise.withResolvers<string>();
  const taps = startTaps(process.execPath, () => undefined, death.resolve);
  await taps.open(endpoint);
  process.kill(taps.pid, 'SIGKILL');
  expect(await death.promise).toBe('the tap ended (SIGKILL)');
  await expect(taps.open(endpoint)).rejects.toThrow('the tap ended (SIGKILL)');
});
