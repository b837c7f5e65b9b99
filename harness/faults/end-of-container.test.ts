import { describe, expect, it } from 'vitest';
import type { PlannedFault } from '../plan/types.ts';
import type { MemoryKill, PodLife, RunningStack, Wiped } from '../stack/types.ts';
import { kill } from './kill.ts';
import { oom } from './oom.ts';
import type { PodFault } from './types.ts';
import { wipe } from './wipe.ts';

const pod = { pod: 'gateway-0', uid: 'u', life: 0, ordinal: 0 } as PodLife;
const fault = { index: 3, tier: 'gateway', ordinals: [0], spec: {} } as unknown as PlannedFault;

interface Met {
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
  readonly memory?: Partial<MemoryKill>;
  readonly wiped?: Wiped;
}

/** A pod whose container ends as told, and comes back. */
function stackOf({ exitCode = 137, oomKilled = false, memory, wiped }: Met) {
  const lives = [
    { ...pod, endedMs: 100, exitCode, signal: 'SIGKILL', oomKilled },
    { ...pod, life: 1, readyMs: 1_300 },
  ];
  const pods = {
    signal: async () => undefined,
    exhaustMemory: async () => ({
      kernelKills: 1,
      pid: 7,
      limitBytes: 9,
      ballastBytes: 5,
      ...memory,
    }),
    wipeVolumes: async () => wiped ?? { files: 1, bytes: 32_768 },
  };
  return { lives: () => lives, control: { pods } } as unknown as RunningStack;
}

const inject = (of: PodFault, met: Met = {}) =>
  of.inject(stackOf(met), pod, fault, () => performance.now());

describe('a fault that ends a container', () => {
  it.each([
    ['kill', kill, {}],
    ['oom', oom, { oomKilled: true }],
    ['wipe', wipe, {}],
  ] as [string, PodFault, Met][])(
    '%s bites by exit code 137, and tells when it was back',
    async (_, of, met) => {
      expect(await inject(of, met)).toMatchObject({
        fault: 3,
        target: 'gateway/0',
        healedMs: 1_300,
        bit: true,
        proof: { exitCode: 137, signal: 'SIGKILL', downMs: 1_200, restarted: true },
      });
      expect(await inject(of, { ...met, exitCode: 0 })).toMatchObject({ bit: false });
    },
  );

  it('oom bites by the kernel alone: by its count, and with the container as its victim', async () => {
    const { proof } = await inject(oom, { oomKilled: true });
    expect(proof).toMatchObject({ kernelKills: 1, pid: 7, limitBytes: 9, ballastBytes: 5 });
    expect(await inject(oom, { oomKilled: true, memory: { kernelKills: 0 } })).toMatchObject({
      bit: false,
    });
    expect(await inject(oom, { oomKilled: false })).toMatchObject({ bit: false });
  });

  it('kill and wipe do not bite where the kernel was first', async () => {
    expect(await inject(kill, { oomKilled: true })).toMatchObject({ bit: false });
    expect(await inject(wipe, { oomKilled: true })).toMatchObject({ bit: false });
  });

  it('wipe does not bite where nothing was in the volumes', async () => {
    expect(await inject(wipe)).toMatchObject({ proof: { files: 1, bytes: 32_768 } });
    expect(await inject(wipe, { wiped: { files: 0, bytes: 0 } })).toMatchObject({ bit: false });
  });
});
