import { describe, expect, it } from 'vitest';
import type { PlannedFault } from '../plan/types.ts';
import type { PodLife, RunningStack, TapFile } from '../stack/types.ts';
import { answer } from './answer.ts';

const pod = { pod: 'tempo', uid: 'u', life: 0, ordinal: 0 } as PodLife;
const file = { name: 'tempo-4317', hop: { backend: 'tempo:4317' } } as TapFile;

/** A tap that counts as told, and what was asked of it. */
function stackOf(answeredRequests: number) {
  const asked: unknown[] = [];
  const taps = {
    refuse: async (...args: unknown[]) => void asked.push(args),
    accept: async () => ({
      refusedConnections: 0,
      brokenRequests: 0,
      brokenConnections: 0,
      answeredRequests,
    }),
  };
  const stack = { tapFiles: new Map([['t', file]]), control: { taps } };
  return { asked, stack: stack as unknown as RunningStack };
}

const inject = (stack: RunningStack, over: object = {}) => {
  const target = { backend: 'tempo' };
  const asked = { kind: 'answer', forMs: 50, status: 'unavailable', retryAfterMs: 700, target };
  const spec = { ...asked, ...over };
  const fault = { index: 2, tier: 'tempo', ordinals: [0], spec } as unknown as PlannedFault;
  return answer.inject(stack, pod, fault, () => performance.now());
};

describe('answer', () => {
  it('has the tap answer in the backend’s stead, and is proved by the requests it counted', async () => {
    const { asked, stack } = stackOf(5);
    const receipt = await inject(stack);
    expect(asked).toEqual([
      ['tempo-4317', { status: 'unavailable', retryAfterMs: 700, first: undefined }],
    ]);
    expect(receipt).toMatchObject({
      fault: 2,
      target: 'tempo/0',
      bit: true,
      proof: { answeredRequests: 5, status: 'unavailable' },
    });
    expect((receipt.healedMs ?? 0) - receipt.injectedMs).toBeGreaterThanOrEqual(49);
  });

  it('did not bite where nobody asked', async () => {
    expect(await inject(stackOf(0).stack)).toMatchObject({ bit: false });
  });

  it('of the first so many, bit where it met as many', async () => {
    const few = { first: 6, status: 'partial-success' };
    expect(await inject(stackOf(5).stack, few)).toMatchObject({ bit: false });
    expect(await inject(stackOf(6).stack, few)).toMatchObject({ bit: true });
  });

  it('has connections reset', async () => {
    const { asked, stack } = stackOf(5);
    expect(await inject(stack, { status: 'reset' })).toMatchObject({ bit: true });
    expect(asked).toEqual([['tempo-4317', { status: 'reset', first: undefined }]]);
  });
});
