import { describe, expect, it } from 'vitest';
import type { PlannedFault } from '../plan/types.ts';
import type { PodLife, RunningStack, TapFile } from '../stack/types.ts';
import { slow } from './slow.ts';

const pod = { pod: 'tempo', uid: 'u', life: 0, ordinal: 0 } as PodLife;

interface Waited {
  readonly delayedRequests: number;
  readonly shortestMs: number;
  readonly longestMs: number;
}
const none: Waited = { delayedRequests: 0, shortestMs: 0, longestMs: 0 };

/** A tap for each that is given, which measured so much. */
function stackOf(...waited: readonly Waited[]) {
  const asked: unknown[] = [];
  const files = waited.map((_, i): [string, TapFile] => {
    const hop = { backend: `tempo:${i}` };
    return [`t${i}`, { name: `t${i}`, hop } as TapFile];
  });
  const taps = {
    refuse: async (...args: unknown[]) => void asked.push(args),
    accept: async (name: string) => ({
      refusedConnections: 0,
      brokenRequests: 0,
      brokenConnections: 0,
      answeredRequests: 0,
      ...waited[Number(name.slice(1))],
    }),
  };
  return { asked, stack: { tapFiles: new Map(files), control: { taps } } as never as RunningStack };
}

const inject = (stack: RunningStack) => {
  const spec = { kind: 'slow', byMs: 300, forMs: 50, target: { backend: 'tempo' } };
  const fault = { index: 2, tier: 'tempo', ordinals: [0], spec } as unknown as PlannedFault;
  return slow.inject(stack, pod, fault, () => performance.now());
};

describe('slow', () => {
  it('holds answers back at each tap, and is proved by how long they took', async () => {
    const { asked, stack } = stackOf(
      { delayedRequests: 5, shortestMs: 301.2, longestMs: 340 },
      { delayedRequests: 2, shortestMs: 300.1, longestMs: 360.9 },
    );
    const receipt = await inject(stack);
    expect(asked).toEqual([
      ['t0', { status: 'slow', byMs: 300 }],
      ['t1', { status: 'slow', byMs: 300 }],
    ]);
    const proof = { delayedRequests: 7, shortestMs: 300, longestMs: 360 };
    expect(receipt).toMatchObject({ fault: 2, target: 'tempo/0', bit: true, proof });
  });

  it('counts as no shortest the tap that nobody met', async () => {
    const met = { delayedRequests: 5, shortestMs: 301.2, longestMs: 340 };
    const receipt = await inject(stackOf(none, met).stack);
    expect(receipt).toMatchObject({ bit: true, proof: { shortestMs: 301 } });
  });

  it('did not bite where nobody asked, or one was answered sooner', async () => {
    expect(await inject(stackOf(none).stack)).toMatchObject({ bit: false });
    const early = { delayedRequests: 5, shortestMs: 20, longestMs: 340 };
    expect(await inject(stackOf(early).stack)).toMatchObject({ bit: false });
  });
});
