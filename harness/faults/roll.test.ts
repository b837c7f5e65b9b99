import { describe, expect, it } from 'vitest';
import type { Journal } from '../journal/journal.ts';
import type { PlannedFault } from '../plan/types.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';
import { runFaults } from './index.ts';
import { roll } from './roll.ts';

const journal = { write: () => undefined } as unknown as Journal;
const fault = (kind: string) =>
  ({
    index: 0,
    tier: 'gateway',
    ordinals: [0, 1],
    spec: { kind, atMs: 0, graceMs: 5, target: { tier: 'gateway' } },
  }) as never;

/** Two pods, each of which is back a while after it was deleted. */
function stackOf() {
  const events: string[] = [];
  const lives = [0, 1].map((ordinal) => ({
    ...{ pod: `gateway-${ordinal}`, tier: 'gateway', ordinal, uid: 'old', life: 0 },
    address: `10.0.0.${ordinal}`,
    readyMs: 1,
  })) as unknown as PodLife[];
  const replacePod = async (name: string): Promise<void> => {
    events.push(`${name} deleted`);
    const own = lives.findIndex(({ pod }) => pod === name);
    const old = lives[own] as PodLife;
    lives[own] = { ...old, endedMs: 2 };
    setTimeout(() => {
      events.push(`${name} ready`);
      lives.push({ ...old, uid: 'new', address: `${old.address}9`, readyMs: 3 } as PodLife);
    }, 60);
  };
  const stack = { lives: () => lives, control: { pods: { replacePod } } };
  return { events, stack: stack as unknown as RunningStack };
}

describe('roll', () => {
  it('goes on to the next pod once the one before it is ready, the last ordinal first', async () => {
    const { events, stack } = stackOf();
    const receipts = await runFaults(
      [fault('roll') as PlannedFault],
      stack,
      Date.now(),
      journal,
      new AbortController().signal,
    );
    expect(events).toEqual([
      'gateway-1 deleted',
      'gateway-1 ready',
      'gateway-0 deleted',
      'gateway-0 ready',
    ]);
    expect(receipts.map(({ kind, target, bit }) => `${kind} ${target} ${bit}`)).toEqual([
      'roll gateway/0 true',
      'roll gateway/1 true',
    ]);
  });

  it('is not what a restart of all its pods is', async () => {
    const { events, stack } = stackOf();
    const { signal } = new AbortController();
    await runFaults([fault('restart') as PlannedFault], stack, Date.now(), journal, signal);
    expect(events.slice(0, 2)).toEqual(['gateway-0 deleted', 'gateway-1 deleted']);
  });

  it('is refused where new pods come before old ones go', () => {
    const on = (workload: 'deployment' | 'statefulset' | 'sidecar') =>
      roll.unavailable({ runtime: 'embedded', workload });
    expect(on('deployment')).toMatch(/^fault roll: a deployment brings a new pod before/);
    expect(on('sidecar')).toMatch(/^fault roll: a sidecar goes with/);
    expect(on('statefulset')).toBeUndefined();
  });
});
