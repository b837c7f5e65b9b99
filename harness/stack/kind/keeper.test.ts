import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { until } from '../../shell/until.ts';
import type { TapFile } from '../types.ts';
import { type KeeperParts, keepFronts } from './keeper.ts';
import { tierOf, twoTier } from './pipeline.testing.ts';
import { createRoles } from './roles.ts';

const nodes = [
  { name: 'one', address: '172.18.0.3' },
  { name: 'two', address: '172.18.0.4' },
];

function gateway(ordinal: number, uid: string, podIP: string | undefined, ready = true): V1Pod {
  const { labels, namespace } = tierOf('gateway').workload;
  return {
    metadata: { name: `gateway-collector-${ordinal}`, namespace, uid, labels: { ...labels } },
    spec: { nodeName: 'one', containers: [] },
    status: {
      ...(podIP === undefined ? {} : { podIP }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

/** A cluster of two nodes that notes what the keeper does to it. */
function world({ openFails = false } = {}) {
  const done: string[] = [];
  const failures: string[] = [];
  const pods = new Map<string, V1Pod>();
  const rules = new Map<string, string>();
  const state = { writing: 0, most: 0 };
  const tapFiles = new Map<string, TapFile>();
  const parts = {
    outside: ['172.18.0.0/16'],
    ground: { context: { spec: { pipeline: twoTier, runId: 'r' } }, nodes },
    programs: {
      run: async (node: string, _: unknown, text: string) => {
        state.most = Math.max(state.most, ++state.writing);
        await new Promise((resolve) => setImmediate(resolve));
        state.writing--;
        rules.set(`${text.slice(1, 4)} ${node}`, text);
        done.push(`rules ${node}`);
        return '';
      },
    },
    tap: {
      address: '172.18.0.9',
      open: async ({ name }: { name: string }) => {
        if (openFails) throw new Error('no port is free');
        done.push(`open ${name}`);
      },
      shut: (name: string) => done.push(`shut ${name}`),
    },
    watcher: () => ({ pods }),
    roleOf: createRoles(
      { pipeline: twoTier, pods: [], app: undefined },
      nodes.map(({ name }) => name),
    ),
    tapFiles,
    fileOf: (name: string) => name,
    onFailure: (why: string) => failures.push(why),
  };
  const keeper = keepFronts(parts as unknown as KeeperParts);
  const set = (...now: V1Pod[]): void => {
    pods.clear();
    for (const pod of now) pods.set(pod.metadata?.uid ?? '', pod);
  };
  const take = (): string[] => done.splice(0);
  return { keeper, set, take, rules, tapFiles, failures, state };
}

describe('the keeper of recorders', () => {
  it('guards recorded ports before anything runs, and does nothing before it is told', async () => {
    const { keeper, set, take, rules } = world();
    set(gateway(0, 'a', '10.1.0.5'));
    keeper.look();
    expect(take()).toEqual([]);
    await keeper.begin();
    expect(take().slice(0, 2)).toEqual(['rules one', 'rules two']);
    expect(rules.get('fil two')).toMatch(/--dport 4317 -j DROP/);
  });

  it('opens a record before it leads to it, as soon as a pod has an address', async () => {
    const { keeper, set, take, rules, tapFiles } = world();
    await keeper.begin();
    take();
    set(gateway(0, 'a', undefined, false));
    await keeper.settled();
    expect(take()).toEqual([]);
    set(gateway(0, 'a', '10.1.0.5', false));
    await keeper.settled();
    expect(take()).toEqual(['open gateway-0-0:4317', 'rules one', 'rules two']);
    expect(rules.get('nat one')).toMatch(/-d 10\.1\.0\.5 --dport 4317 -j DNAT .*172\.18\.0\.9:/);
    expect(keeper.recorderOf('a')).toBe('gateway-0-0');
    expect([...tapFiles.keys()]).toEqual(['gateway-0-0']);
    await keeper.settled();
    expect(take()).toEqual([]);
  });

  it('gives a pod’s successor a record of its own and ends the one that stood before', async () => {
    const { keeper, set, take, rules } = world();
    set(gateway(0, 'a', '10.1.0.5'), gateway(1, 'b', '10.1.0.6'));
    await keeper.begin();
    take();
    set(gateway(1, 'b', '10.1.0.6'));
    await keeper.settled();
    set(gateway(0, 'c', '10.1.0.7'), gateway(1, 'b', '10.1.0.6'));
    await keeper.settled();
    expect(take().filter((what) => !what.startsWith('rules'))).toEqual([
      'shut gateway-0-0:4317',
      'open gateway-0-1:4317',
    ]);
    expect([keeper.recorderOf('a'), keeper.recorderOf('c')]).toEqual([
      'gateway-0-0',
      'gateway-0-1',
    ]);
    expect(rules.get('nat one')).not.toContain('10.1.0.5');
  });

  it('changes shares as pods get ready, one change after the other', async () => {
    const { keeper, set, rules, state } = world();
    const service = { address: '10.96.0.7', port: 4317 };
    set(gateway(0, 'a', '10.1.0.5'), gateway(1, 'b', '10.1.0.6'));
    await keeper.begin();
    await keeper.lead([{ service, tier: 'gateway', port: 4317 }]);
    const shares = () => rules.get('nat one')?.match(/-d 10\.96\.0\.7 /g)?.length;
    expect(shares()).toBe(2);
    for (const ready of [true, false, true, false]) {
      set(gateway(0, 'a', '10.1.0.5', ready), gateway(1, 'b', '10.1.0.6'));
      keeper.look();
    }
    await keeper.settled();
    expect(shares()).toBe(1);
    expect(state.most).toBeLessThanOrEqual(nodes.length);
  });

  it('tells that a pod can’t be recorded, and lets be what goes at the end', async () => {
    const { keeper, set, take, failures } = world({ openFails: true });
    await keeper.begin();
    set(gateway(0, 'a', '10.1.0.5'));
    keeper.look();
    expect(await until(1_000, 5, () => failures[0])).toBe('no port is free');
    keeper.end();
    take();
    keeper.look();
    expect(take()).toEqual([]);
  });
});
