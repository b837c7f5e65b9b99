import { describe, expect, it } from 'vitest';
import type { PlannedFault } from '../plan/types.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';
import { partition } from './partition.ts';

const gateway = { pod: 'gateway-1', tier: 'gateway', ordinal: 1 } as PodLife;
const lives = [
  gateway,
  { pod: 'agent-a', tier: 'agent', endedMs: 5 },
  { pod: 'agent-a', tier: 'agent' },
  { pod: 'agent-b', tier: 'agent' },
] as PodLife[];

/** Links that count as told, and what was asked of them. */
function stackOf(droppedPackets: number) {
  const asked: unknown[] = [];
  const links = {
    cut: async (...args: unknown[]) => void asked.push(['cut', ...args]),
    join: async (...args: unknown[]) => {
      asked.push(['join', ...args]);
      return { droppedPackets };
    },
  };
  return { asked, stack: { lives: () => lives, control: { links } } as never as RunningStack };
}

const inject = (stack: RunningStack) => {
  const spec = { kind: 'partition', from: 'agent', forMs: 50, target: { tier: 'gateway' } };
  const fault = { index: 1, tier: 'gateway', ordinals: [1], spec } as unknown as PlannedFault;
  return partition.inject(stack, gateway, fault, () => performance.now());
};

describe('partition', () => {
  it('drops what each pod that runs sends there, proved by the packets', async () => {
    const { asked, stack } = stackOf(12);
    const receipt = await inject(stack);
    expect(asked).toEqual([
      ['cut', ['agent-a', 'agent-b'], 'gateway-1'],
      ['join', ['agent-a', 'agent-b'], 'gateway-1'],
    ]);
    const proof = { droppedPackets: 12, senders: 2 };
    expect(receipt).toMatchObject({ fault: 1, target: 'gateway/1', bit: true, proof });
    expect((receipt.healedMs ?? 0) - receipt.injectedMs).toBeGreaterThanOrEqual(49);
  });

  it('did not bite where nobody sent anything', async () => {
    expect(await inject(stackOf(0).stack)).toMatchObject({ bit: false });
  });
});
