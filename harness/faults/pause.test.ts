import { describe, expect, it } from 'vitest';
import type { PlannedFault } from '../plan/types.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';
import { pause } from './pause.ts';

const pod = { pod: 'gateway-0', uid: 'u', life: 0, ordinal: 0, recorder: 'gateway-0-0' } as PodLife;
const fault = { index: 3, tier: 'gateway', ordinals: [0], spec: { kind: 'pause', forMs: 50 } };

/** A pod that obeys signals as told. */
function stackOf({ obeys = true, endedMs }: { obeys?: boolean; endedMs?: number }) {
  const sent: string[] = [];
  const state = { now: 'S' };
  const stack = {
    tapCounts: () => new Map([['gateway-0-0', { requests: sent.length }]]),
    lives: () => [{ ...pod, endedMs }],
    control: {
      pods: {
        signal: async (_: string, signal: string) => {
          sent.push(signal);
          if (obeys) state.now = signal === 'SIGSTOP' ? 'T' : 'S';
        },
        processState: async () => state.now,
      },
    },
  };
  return { sent, stack: stack as unknown as RunningStack };
}

describe('pause', () => {
  const inject = (stack: RunningStack) =>
    pause.inject(stack, pod, fault as unknown as PlannedFault, () => performance.now());

  it('stops the process, lets it go on, and proves that it stood still', async () => {
    const { sent, stack } = stackOf({});
    const receipt = await inject(stack);
    expect(sent).toEqual(['SIGSTOP', 'SIGCONT']);
    expect(receipt).toMatchObject({
      fault: 3,
      target: 'gateway/0',
      bit: true,
      proof: { stateSeen: 'T', requestsMeanwhile: 1 },
    });
    expect((receipt.healedMs ?? 0) - receipt.injectedMs).toBeGreaterThanOrEqual(49);
  });

  it('did not bite where the process went on', async () => {
    const { stack } = stackOf({ obeys: false });
    expect(await inject(stack)).toMatchObject({ bit: false, proof: { stateSeen: 'S' } });
  });

  it('ends with a process that was killed meanwhile, and leaves its successor alone', async () => {
    const { sent, stack } = stackOf({ endedMs: 1 });
    const receipt = await inject(stack);
    expect(sent).toEqual(['SIGSTOP']);
    expect(receipt).toMatchObject({ bit: true, healedMs: undefined, proof: { stateSeen: 'gone' } });
  });
});
