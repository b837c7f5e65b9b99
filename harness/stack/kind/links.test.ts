import { describe, expect, it } from 'vitest';
import type { PodLife } from '../types.ts';
import { clusterLinks, packetsIn } from './links.ts';

const pods = [
  { pod: 'gateway-0', uid: 'g', address: '10.244.1.9', node: 'one' },
  { pod: 'agent-a', uid: 'a', address: '10.244.1.2', node: 'one' },
  { pod: 'agent-b', uid: 'b', address: '10.244.2.2', node: 'two' },
  { pod: 'agent-c', uid: 'c', address: '10.244.2.3', node: 'two' },
] as PodLife[];

/** Nodes that note what they are told, whose rules have each dropped three packets. */
function linksOf(fails?: 'two') {
  const done: string[] = [];
  const rules = new Map<string, string[]>();
  const run = async (node: string, command: readonly string[], input = ''): Promise<string> => {
    const own = rules.get(node) ?? [];
    if (command[0] === 'iptables-save') return own.map((rule) => `[3:180] ${rule}`).join('\n');
    const told = input.split('\n').filter((line) => line.startsWith('-'));
    done.push(...told.map((line) => `${node} ${line}`));
    if (node === fails) throw new Error('no such match');
    const bare = (line: string): string => line.replace(/^-[ID] (\S+)( 1)?/, '-A $1');
    const isBegun = told[0]?.startsWith('-I') ?? false;
    const left = own.filter((rule) => !told.some((line) => bare(line) === rule));
    rules.set(node, isBegun ? [...told.map(bare), ...own] : left);
    return '';
  };
  const running = (name: string): PodLife => {
    const pod = pods.find((own) => own.pod === name);
    if (!pod) throw new Error(`${name} does not run`);
    return pod;
  };
  const links = clusterLinks({ run }, running, (uid) => (uid === 'g' ? 'gateway-0-0' : undefined));
  return { done, rules, links };
}

const senders = ['agent-a', 'agent-b', 'agent-c'];

describe('links of a cluster', () => {
  it('are cut on the node of each who sends, by whom it was meant for', async () => {
    const { done, rules, links } = linksOf();
    await links.cut(senders, 'gateway-0');
    const drop = (address: string) =>
      `-s ${address}/32 -m conntrack --ctorigdst 10.244.1.9 -m comment --comment OTEL-PIPELINE-BENCH-CUT-1 -j DROP`;
    expect(done).toEqual([
      `one -I OTEL-PIPELINE-BENCH 1 ${drop('10.244.1.2')}`,
      `two -I OTEL-PIPELINE-BENCH 1 ${drop('10.244.2.2')}`,
      `two -I OTEL-PIPELINE-BENCH 1 ${drop('10.244.2.3')}`,
    ]);
    expect(await links.join(senders, 'gateway-0')).toEqual({ droppedPackets: 9 });
    expect([...rules.values()].flat()).toEqual([]);
  });

  it('are each its own', async () => {
    const { links } = linksOf();
    await links.cut(['agent-a'], 'gateway-0');
    await links.cut(['agent-b'], 'gateway-0');
    await expect(links.cut(['agent-a'], 'gateway-0')).rejects.toThrow(/already/);
    expect(await links.join(['agent-a'], 'gateway-0')).toEqual({ droppedPackets: 3 });
    await expect(links.join(['agent-a'], 'gateway-0')).rejects.toThrow(/is not cut off/);
    expect(await links.join(['agent-b'], 'gateway-0')).toEqual({ droppedPackets: 3 });
  });

  it('are whole again everywhere where one node refuses to cut', async () => {
    const { rules, links } = linksOf('two');
    await expect(links.cut(senders, 'gateway-0')).rejects.toThrow(/no such match/);
    expect(rules.get('one')).toEqual([]);
    await expect(links.join(senders, 'gateway-0')).rejects.toThrow(/is not cut off/);
  });

  it('are not cut to who has no record, nor from nobody', async () => {
    const { done, links } = linksOf();
    await expect(links.cut(['agent-a'], 'agent-b')).rejects.toThrow(/no record/);
    await expect(links.cut([], 'gateway-0')).rejects.toThrow(/nobody runs/);
    await expect(links.cut(['nobody-0'], 'gateway-0')).rejects.toThrow(/does not run/);
    expect(done).toEqual([]);
  });
});

it('counts what the rules of one cut have dropped, and no other', () => {
  const saved = [
    ':OTEL-PIPELINE-BENCH - [0:0]',
    '[7:420] -A OTEL-PIPELINE-BENCH -s 10.0.0.1/32 -m comment --comment OTEL-PIPELINE-BENCH-CUT-1 -j DROP',
    '[5:300] -A OTEL-PIPELINE-BENCH -s 10.0.0.2/32 -m comment --comment "OTEL-PIPELINE-BENCH-CUT-1" -j DROP',
    '[9:540] -A OTEL-PIPELINE-BENCH -s 10.0.0.1/32 -m comment --comment OTEL-PIPELINE-BENCH-CUT-12 -j DROP',
  ].join('\n');
  expect(packetsIn(saved, 'OTEL-PIPELINE-BENCH-CUT-1')).toBe(12);
});
