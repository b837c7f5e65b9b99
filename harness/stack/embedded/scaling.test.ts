import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Pod } from './kubelet.ts';
import type { PodSpec } from './podspec.ts';
import type { InnerSpec } from './protocol.ts';
import { createScaling } from './scaling.ts';

const podSpec = (ordinal: number): PodSpec =>
  ({
    ...{ name: `gateway-${ordinal}`, tier: 'gateway', ordinal },
    ...{ workload: 'gateway-collector', namespace: 'o', files: { '/a': 'planned' } },
  }) as unknown as PodSpec;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => podSpec(i));
const podOf = (spec: PodSpec): Pod =>
  ({ spec, ready: true, deleted: false, published: `10.0.0.${spec.ordinal}` }) as Pod;

/** A tier whose pods each take a while to come and to go. */
function tierOf(count: number) {
  const events: string[] = [];
  const files: unknown[] = [];
  const pods = upTo(count).map(podOf);
  const workload = { name: 'gateway-collector', namespace: 'o' };
  const spec = {
    collectors: upTo(count).map((own) => ({ ...own, files: { '/a': 'made' } })),
    pipeline: {
      tiers: [
        { name: 'gateway', workload },
        { name: 'agent', workload: { name: 'agent', namespace: 'o' } },
      ],
      services: [{ name: 's', workload: 'gateway-collector', namespace: 'o' }],
    },
  } as unknown as InnerSpec;
  const scaling = createScaling({
    spec,
    pods,
    launch: async (own) => {
      events.push(`+${own.ordinal}`);
      files.push(own.files);
      pods.push(podOf(own));
      return podOf(own);
    },
    untilReady: async ({ spec: own }) => {
      await sleep(5);
      events.push(`${own.ordinal} ready`);
    },
    stop: async ({ spec: own }) => {
      events.push(`-${own.ordinal}`);
      await sleep(5);
      events.push(`${own.ordinal} gone`);
    },
    remove: async (pod) => void pods.splice(pods.indexOf(pod), 1),
    onTrouble: (error) => events.push(String(error)),
  });
  const scale = (replicas: number, inTurn: boolean) =>
    scaling.scale({ tier: 'gateway', pods: upTo(replicas), inTurn });
  return { events, files, scale, scaling };
}

describe('scaling', () => {
  it('brings and takes pods all at once, the highest first', async () => {
    const { events, scale } = tierOf(1);
    scale(3, false);
    scale(1, false);
    await expect
      .poll(() => events)
      .toEqual(['+1', '+2', '-2', '-1', expect.stringMatching(/gone/), expect.anything()]);
  });

  it('goes on in turn where the StatefulSet does', async () => {
    const { events, scale } = tierOf(1);
    scale(3, true);
    await expect.poll(() => events).toEqual(['+1', '1 ready', '+2', '2 ready']);
    events.length = 0;
    scale(1, true);
    await expect.poll(() => events).toEqual(['-2', '2 gone', '-1', '1 gone']);
  });

  it('gives what comes the files of those that are there', async () => {
    const { files, scale } = tierOf(1);
    scale(2, false);
    await expect.poll(() => files).toEqual([{ '/a': 'made' }]);
  });

  it('lists those that Services lead to, and says where none does', () => {
    const { scaling } = tierOf(2);
    expect(scaling.endpoints('gateway')).toEqual(['10.0.0.0', '10.0.0.1']);
    expect(scaling.endpoints('agent')).toBeNull();
    expect(() => scaling.scale({ tier: 'agent', pods: [], inTurn: false })).toThrow(/no pods/);
  });
});
