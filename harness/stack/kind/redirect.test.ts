import { describe, expect, it } from 'vitest';
import {
  type Front,
  frontRules,
  groundRules,
  guardRules,
  takeRules,
  withoutRules,
} from './redirect.ts';

const front = (ordinal: number, node: string): Front => ({
  name: `gateway-${ordinal}-0`,
  pod: `gateway-${ordinal}`,
  uid: `u${ordinal}`,
  tier: 'gateway',
  protocol: 'grpc',
  address: `10.244.1.${ordinal}`,
  port: 4317,
  node,
  nodeAddress: node === 'one' ? '172.18.0.3' : '172.18.0.4',
  tapPort: 22_000 + ordinal,
  wayIn: 21_000 + ordinal,
});
const fronts = [front(0, 'one'), front(1, 'two'), front(2, 'two')];

/** As much of iptables as the rules use: where a connection to an address is led. */
function led(rules: readonly (readonly string[])[], to: string, count: number): string[] {
  const seen = rules.map(() => 0);
  return Array.from({ length: count }, () => {
    for (const [i, rule] of rules.entries()) {
      const value = (flag: string): string | undefined => {
        const place = rule.indexOf(flag);
        return place < 0 ? undefined : rule[place + 1];
      };
      if (`${value('-d')}:${value('--dport')}` !== to) continue;
      const every = Number(value('--every') ?? 1);
      const packet = seen[i] ?? 0;
      seen[i] = packet + 1;
      if (packet % every === Number(value('--packet') ?? 0)) return value('--to-destination') ?? '';
    }
    return to;
  });
}

describe('the way by the tap', () => {
  const service = { address: '10.96.0.7', port: 4317 };
  const shares = [{ service, fronts }];
  const rules = frontRules({ fronts, shares }, 'two', '172.18.0.9');

  it('leads what is sent to a pod to the tap’s port for it, on every node', () => {
    expect(led(rules, '10.244.1.0:4317', 2)).toEqual(['172.18.0.9:22000', '172.18.0.9:22000']);
    expect(led(rules, '10.244.1.2:4317', 1)).toEqual(['172.18.0.9:22002']);
    expect(led(rules, '10.244.1.2:8888', 1)).toEqual(['10.244.1.2:8888']);
  });

  it('gives each pod of a Service the same share of its connections', () => {
    const ways = led(rules, '10.96.0.7:4317', 6).sort();
    expect(ways).toEqual([0, 0, 1, 1, 2, 2].map((ordinal) => `172.18.0.9:${22_000 + ordinal}`));
  });

  it('leads past those that have no share, which are still reached by their own address', () => {
    const ready = { fronts, shares: [{ service, fronts: fronts.slice(1) }] };
    const ways = led(frontRules(ready, 'two', '172.18.0.9'), '10.96.0.7:4317', 4).sort();
    expect(ways).toEqual([1, 1, 2, 2].map((ordinal) => `172.18.0.9:${22_000 + ordinal}`));
    expect(led(rules, '10.244.1.0:4317', 1)).toEqual(['172.18.0.9:22000']);
  });

  it('leads the tap to pods of the node itself, and to no others', () => {
    expect(led(rules, '172.18.0.4:21001', 1)).toEqual(['10.244.1.1:4317']);
    expect(led(rules, '172.18.0.3:21000', 1)).toEqual(['172.18.0.3:21000']);
  });

  it('lets no pod past the tap to a port that is recorded, by whatever way', () => {
    const guard = guardRules([4317, 4318, 4317], ['172.18.0.0/16']).map((rule) => rule.join(' '));
    expect(guard).toEqual([
      '-A OTEL-PIPELINE-BENCH -s 172.18.0.0/16 -j RETURN',
      '-A OTEL-PIPELINE-BENCH -p tcp --syn --dport 4317 -j DROP',
      '-A OTEL-PIPELINE-BENCH -p tcp --syn --dport 4318 -j DROP',
    ]);
  });

  it('is told to a node at once, each table as a whole', async () => {
    const told: unknown[] = [];
    const programs = { run: async (...call: unknown[]) => String(told.push(call)) };
    await takeRules(programs, 'two', groundRules('172.18.0.9'));
    expect(told).toEqual([
      [
        'two',
        ['iptables-restore', '--wait', '--noflush'],
        [
          '*nat',
          // Makes the chain, or empties it.
          ':OTEL-PIPELINE-BENCH - [0:0]',
          '-I PREROUTING 1 -j OTEL-PIPELINE-BENCH',
          '-I OUTPUT 1 -j OTEL-PIPELINE-BENCH',
          '-A POSTROUTING -d 172.18.0.9/32 -m comment --comment OTEL-PIPELINE-BENCH -j MASQUERADE',
          'COMMIT',
          '*filter',
          ':OTEL-PIPELINE-BENCH - [0:0]',
          '-I FORWARD 1 -j OTEL-PIPELINE-BENCH',
          'COMMIT',
          '',
        ].join('\n'),
      ],
    ]);
  });

  it('is forgotten as a whole, and nothing of others with it', () => {
    const chain = 'OTEL-PIPELINE-BENCH';
    const saved = [
      '# by iptables-save',
      '*nat',
      ':PREROUTING ACCEPT [9:540]',
      `:${chain} - [0:0]`,
      `-A PREROUTING -j ${chain}`,
      '-A PREROUTING -j KUBE-SERVICES',
      `-A POSTROUTING -d 172.18.0.9/32 -m comment --comment ${chain} -j MASQUERADE`,
      `-A ${chain} -p tcp -d 10.244.1.0 --dport 4317 -j DNAT --to-destination 172.18.0.9:22000`,
      'COMMIT',
    ];
    expect(withoutRules(saved.join('\n')).trimEnd().split('\n')).toEqual([
      '*nat',
      `:${chain} - [0:0]`,
      `-D PREROUTING -j ${chain}`,
      `-D POSTROUTING -d 172.18.0.9/32 -m comment --comment ${chain} -j MASQUERADE`,
      'COMMIT',
    ]);
    expect(withoutRules('*nat\n-A PREROUTING -j KUBE-SERVICES\nCOMMIT\n')).toBe('');
  });
});
