import type { RunCommand } from './commands.ts';

/** A port of a pod with the tap in front of it. */
export interface Front {
  /** Name of the record. */
  readonly name: string;
  readonly pod: string;
  readonly uid: string;
  readonly tier: string;
  readonly protocol: 'grpc' | 'http';
  /** The pod's own. */
  readonly address: string;
  readonly port: number;
  /** The node that it runs on. */
  readonly node: string;
  readonly nodeAddress: string;
  /** Where the tap listens for it. */
  readonly tapPort: number;
  /** The port of its node at which the tap, and nobody else, reaches the pod. */
  readonly wayIn: number;
  /** Cluster addresses of Services that lead to this port. */
  readonly services: readonly ServiceAddress[];
}

export interface ServiceAddress {
  readonly address: string;
  readonly port: number;
}

const chain = 'OTEL-PIPELINE-BENCH';
/** Arguments of `iptables -t nat`. */
export type Rule = readonly string[];

/**
 * What `iptables` is told on one node: what goes to a recorded port, to the pod itself or by way of
 * a Service, goes to the tap; what the tap sends to the node's port goes to the pod. Senders see
 * the names and addresses that they would see without a tap.
 */
export function frontRules(fronts: readonly Front[], node: string, tapAddress: string): Rule[] {
  const direct = fronts.flatMap((front) => [
    lead(to(front.address, front.port), tapAddress, front.tapPort),
    ...(front.node === node
      ? [lead(to(front.nodeAddress, front.wayIn), front.address, front.port)]
      : []),
  ]);
  return [...direct, ...shareRules(fronts, tapAddress)];
}

/**
 * What comes to an address of all these pods together: each connection goes to one of them, by way
 * of the tap.
 */
export const shareRules = (fronts: readonly Front[], tapAddress: string): Rule[] =>
  [...byService(fronts).values()].flatMap(({ service, own }) =>
    own.map((front, i) => {
      const left = String(own.length - i);
      // As kube-proxy does it: each takes its share of what those before it left.
      const share = ['-m', 'statistic', '--mode', 'nth', '--every', left, '--packet', '0'];
      const match = to(service.address, service.port);
      return lead([...match, ...(left === '1' ? [] : share)], tapAddress, front.tapPort);
    }),
  );

const to = (address: string, port: number): Rule => [
  ...['-p', 'tcp', '-d', address],
  ...['--dport', String(port)],
];

const lead = (match: Rule, address: string, port: number): Rule => [
  ...['-A', chain, ...match],
  ...['-j', 'DNAT', '--to-destination', `${address}:${port}`],
];

function byService(fronts: readonly Front[]) {
  const services = new Map<string, { service: ServiceAddress; own: Front[] }>();
  for (const front of fronts) {
    for (const service of front.services) {
      const key = `${service.address}:${service.port}`;
      const known = services.get(key) ?? { service, own: [] };
      known.own.push(front);
      services.set(key, known);
    }
  }
  return services;
}

/**
 * What is told once: the rules above come before kube-proxy's, and pods reach the tap under their
 * node's address, whatever the network plugin does: nobody outside knows the way back to a pod.
 */
export const groundRules = (tapAddress: string): Rule[] => [
  ['-N', chain],
  ['-I', 'PREROUTING', '1', '-j', chain],
  ['-I', 'OUTPUT', '1', '-j', chain],
  ['-A', 'POSTROUTING', '-d', `${tapAddress}/32`, '-j', 'MASQUERADE'],
];

/** Has each node translate addresses by rules of its own. */
export async function translate(
  run: RunCommand,
  nodes: readonly string[],
  rulesOf: (node: string) => readonly Rule[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      for (const rule of rulesOf(node)) {
        await run('docker', ['exec', node, 'iptables', '-w', '-t', 'nat', ...rule], { signal });
      }
    }),
  );
}
