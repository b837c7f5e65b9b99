import { expect, it } from 'vitest';
import { takeGround } from './ground-rules.ts';

it('comes behind kube-proxy, so that its rules stand in front', async () => {
  const asked: string[] = [];
  const saved = ['-P PREROUTING ACCEPT', '-P PREROUTING ACCEPT\n-A PREROUTING -j KUBE-SERVICES'];
  const run = async (_: string, [program = '']: readonly string[]): Promise<string> => {
    asked.push(program);
    return saved.length > 1 ? (saved.shift() ?? '') : (saved[0] ?? '');
  };
  const { signal } = new AbortController();
  await takeGround({ run } as never, { signal }, 'worker', '10.0.0.9');
  expect(asked).toEqual(['iptables', 'iptables', 'iptables-restore']);
});

it('gives up where it is told to', async () => {
  const run = async (): Promise<string> => '-P PREROUTING ACCEPT';
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(takeGround({ run } as never, { signal }, 'worker', '10.0.0.9')).rejects.toThrow(
    'enough',
  );
});
