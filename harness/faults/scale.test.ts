import { describe, expect, it, vi } from 'vitest';
import type { PlannedFault } from '../plan/types.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';
import { scale } from './scale.ts';

const gateway = (ordinal: number): PodLife =>
  ({
    ...{ pod: `gateway-${ordinal}`, uid: `u${ordinal}`, tier: 'gateway', ordinal, life: 0 },
    ...{ address: `10.0.0.${ordinal}`, readyMs: 1 },
  }) as PodLife;

const fault = (ordinals: readonly number[], replicas: number) =>
  ({
    ...{ index: 0, tier: 'gateway', ordinals },
    spec: { kind: 'scale', atMs: 0, replicas, target: { tier: 'gateway', ordinal: 'all' } },
  }) as PlannedFault;

/** Pods that come and go at once, but for what is amiss. */
function stackOf(amiss: 'nothing' | 'neverReady' | 'listedOn' | 'noService' | 'bringsNobody') {
  let lives = [gateway(0), gateway(1)];
  const doScale = async (_: string, replicas: number): Promise<void> => {
    lives = lives.map((life) =>
      life.ordinal < replicas ? life : { ...life, endedMs: 9, exitCode: 0, ending: 'fault' },
    );
    for (let ordinal = lives.length; ordinal < replicas && amiss !== 'bringsNobody'; ordinal++) {
      lives.push({
        ...gateway(ordinal),
        readyMs: amiss === 'neverReady' ? undefined : 7,
        endedMs: amiss === 'neverReady' ? 9 : undefined,
      });
    }
  };
  const endpoints = async () =>
    amiss === 'noService'
      ? undefined
      : lives
          .filter((own) => amiss === 'listedOn' || own.endedMs === undefined)
          .map(({ address }) => address);
  const stack = { lives: () => lives, control: { pods: { scale: doScale, endpoints } } };
  return stack as unknown as RunningStack;
}

async function receiptsOf(amiss: Parameters<typeof stackOf>[0], planned: PlannedFault) {
  vi.useFakeTimers();
  try {
    const done = scale.injectAll(stackOf(amiss), planned, () => 5);
    await vi.advanceTimersByTimeAsync(300_000);
    return await done;
  } finally {
    vi.useRealTimers();
  }
}

describe('scale', () => {
  it('is proved by each pod that came, ready and listed', async () => {
    const receipts = await receiptsOf('nothing', fault([2, 3], 4));
    expect(receipts).toMatchObject([
      { target: 'gateway/2', pod: 'gateway-2', bit: true, healedMs: 7 },
      { target: 'gateway/3', bit: true, proof: { came: true, endpoint: 'changed' } },
    ]);
  });

  it('is proved by each pod that went, and is listed no longer', async () => {
    const [receipt, ...others] = await receiptsOf('nothing', fault([1], 1));
    expect(others).toEqual([]);
    expect(receipt).toMatchObject({
      ...{ target: 'gateway/1', pod: 'gateway-1', bit: true, healedMs: 9 },
      proof: { came: false, exitCode: 0, endpoint: 'changed' },
    });
  });

  it('needs no Service where none leads to the tier', async () => {
    const [receipt] = await receiptsOf('noService', fault([1], 1));
    expect(receipt).toMatchObject({ bit: true, proof: { endpoint: 'no service' } });
  });

  it('is not proved by a pod that does not get ready, or that is listed on', async () => {
    expect(await receiptsOf('neverReady', fault([2], 3))).toMatchObject([{ bit: false }]);
    expect(await receiptsOf('listedOn', fault([1], 1))).toMatchObject([{ bit: false }]);
  });

  it('has no receipt of a pod that nobody saw', async () => {
    expect(await receiptsOf('bringsNobody', fault([2], 3))).toEqual([]);
  });

  it('is refused where there are no replicas, and of a deployment on kind', () => {
    const on = (runtime: 'embedded' | 'kind', workload: 'deployment' | 'daemonset') =>
      scale.unavailable({ runtime, workload });
    expect(on('embedded', 'daemonset')).toMatch(/^fault scale: a daemonset has no number/);
    expect(on('embedded', 'deployment')).toBeUndefined();
    expect(on('kind', 'deployment')).toMatch(/run it embedded$/);
    const allocated = { runtime: 'kind', workload: 'statefulset', isAllocated: true } as const;
    expect(scale.unavailable(allocated)).toMatch(/^fault scale: a target allocator shares/);
  });
});
