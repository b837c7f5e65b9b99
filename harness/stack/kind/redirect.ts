import type { NodePrograms } from './node-exec.ts';

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
}

export interface ServiceAddress {
  readonly address: string;
  readonly port: number;
}

/** An address that stands for several pods. */
export interface Share {
  readonly service: ServiceAddress;
  /** Those that new connections may go to. */
  readonly fronts: readonly Front[];
}

/** Holds all rules of the bench. */
export const chain = 'OTEL-PIPELINE-BENCH';
/** By it rules of the bench in chains of others are found again. */
const mark = ['-m', 'comment', '--comment', chain];
/** Arguments of `iptables`. */
export type Rule = readonly string[];

/**
 * What one node translates: what goes to a recorded port, to the pod itself or by way of a Service,
 * goes to the tap; what the tap sends to the node's port goes to the pod. Senders see the names and
 * addresses that they would see without a tap.
 */
export function frontRules(
  { fronts, shares }: { readonly fronts: readonly Front[]; readonly shares: readonly Share[] },
  node: string,
  tapAddress: string,
): Rule[] {
  const direct = fronts.flatMap((front) => [
    lead(to(front.address, front.port), tapAddress, front.tapPort),
    ...(front.node === node
      ? [lead(to(front.nodeAddress, front.wayIn), front.address, front.port)]
      : []),
  ]);
  return [...direct, ...shares.flatMap((share) => shareRules(share, tapAddress))];
}

/**
 * What comes to an address of several pods together: each connection goes to one of them, by way of
 * the tap.
 */
const shareRules = ({ service, fronts }: Share, tapAddress: string): Rule[] =>
  fronts.map((front, i) => {
    const left = String(fronts.length - i);
    // As kube-proxy does it: each takes its share of what those before it left.
    const share = ['-m', 'statistic', '--mode', 'nth', '--every', left, '--packet', '0'];
    const match = to(service.address, service.port);
    return lead([...match, ...(left === '1' ? [] : share)], tapAddress, front.tapPort);
  });

/**
 * What one node drops: pods that open connections to a recorded port past the tap, as the pod
 * behind it is new. They try again within a second, as with any packet that is lost.
 *
 * @param outside addresses of what is no pod, as CIDR: nodes, tap and load. Which pods have only
 *   the network plugin knows
 */
export const guardRules = (ports: Iterable<number>, outside: readonly string[]): Rule[] => [
  ...outside.map((range) => ['-A', chain, '-s', range, '-j', 'RETURN']),
  ...[...new Set(ports)].map((port) => [
    ...['-A', chain, '-p', 'tcp', '--syn', '--dport', String(port)],
    ...['-j', 'DROP'],
  ]),
];

const to = (address: string, port: number): Rule => [
  ...['-p', 'tcp', '-d', address],
  ...['--dport', String(port)],
];

const lead = (match: Rule, address: string, port: number): Rule => [
  ...['-A', chain, ...match],
  ...['-j', 'DNAT', '--to-destination', `${address}:${port}`],
];

/**
 * What is told once: the rules above come before kube-proxy's, and pods reach the tap under their
 * node's address, whatever the network plugin does: nobody outside knows the way back to a pod.
 */
export const groundRules = (tapAddress: string): Rules => ({
  nat: [
    ['-I', 'PREROUTING', '1', '-j', chain],
    ['-I', 'OUTPUT', '1', '-j', chain],
    ['-A', 'POSTROUTING', '-d', `${tapAddress}/32`, ...mark, '-j', 'MASQUERADE'],
  ],
  filter: [['-I', 'FORWARD', '1', '-j', chain]],
});

/** Rules by table. */
export type Rules = Readonly<Partial<Record<'nat' | 'filter', readonly Rule[]>>>;

/**
 * Has a node take these rules, all at once; in the tables that are named they take the place of all
 * that the chain held before.
 */
export async function takeRules(
  { run }: Pick<NodePrograms, 'run'>,
  node: string,
  rules: Rules,
): Promise<void> {
  const tables = Object.entries(rules).map(([table, own]) =>
    [`*${table}`, `:${chain} - [0:0]`, ...own.map((rule) => rule.join(' ')), 'COMMIT', ''].join(
      '\n',
    ),
  );
  await run(node, ['iptables-restore', '--wait', '--noflush'], tables.join(''));
}

/** Has a node forget all rules of the bench, whichever run left them. */
export async function forgetRules({ run }: Pick<NodePrograms, 'run'>, node: string): Promise<void> {
  const forgetting = withoutRules(await run(node, ['iptables-save']));
  if (forgetting !== '') await run(node, ['iptables-restore', '--wait', '--noflush'], forgetting);
}

/** What `iptables-restore` is told to undo what is of the bench in what `iptables-save` says. */
export function withoutRules(saved: string): string {
  const lines: string[] = [];
  for (const line of saved.split('\n')) {
    if (line.startsWith('*') || line === 'COMMIT') lines.push(line);
    else if (line.startsWith(`:${chain} `)) lines.push(`:${chain} - [0:0]`);
    else if (line.startsWith('-A ') && !line.startsWith(`-A ${chain} `) && line.includes(chain)) {
      lines.push(line.replace('-A', '-D'));
    }
  }
  return lines.some((line) => line.includes(chain)) ? `${lines.join('\n')}\n` : '';
}
