import type { LinkControl, PodLife } from '../types.ts';
import type { NodePrograms } from './node-exec.ts';
import { chain } from './redirect.ts';

interface Cut {
  readonly mark: string;
  readonly senders: readonly PodLife[];
  readonly address: string;
}

/**
 * Drops packets in the nodes of those who send, where they are forwarded. What is sent to a pod is
 * led to the tap there: whom it was meant for, connection tracking still knows.
 *
 * @param running finds a pod by its name. @throws where it does not run
 */
export function clusterLinks(
  programs: Pick<NodePrograms, 'run'>,
  running: (name: string) => PodLife,
  recorderOf: (uid: string) => string | undefined,
): LinkControl {
  const cuts = new Map<string, Cut>();
  let made = 0;
  const keyOf = (senders: readonly string[], to: string): string => [...senders, to].join(' ');
  return {
    cut: async (names, to) => {
      const { address, uid } = running(to);
      if (recorderOf(uid) === undefined) throw new Error(`pod ${to} has no record in front of it`);
      const senders = names.map(running);
      if (senders.length === 0) throw new Error(`nobody runs who sends to pod ${to}`);
      if (cuts.has(keyOf(names, to))) throw new Error(`pod ${to} is cut off from them already`);
      const cut = { mark: `${chain}-CUT-${++made}`, senders, address };
      try {
        await tell(programs, cut, '-I');
      } catch (error) {
        // Nobody would end what began on some nodes; on the others there is nothing to end.
        await tell(programs, cut, '-D').catch(() => undefined);
        throw error;
      }
      cuts.set(keyOf(names, to), cut);
    },
    join: async (names, to) => {
      const key = keyOf(names, to);
      const cut = cuts.get(key);
      if (!cut) throw new Error(`what is sent to pod ${to} is not cut off`);
      cuts.delete(key);
      try {
        const saved = await Promise.all(
          nodesOf(cut).map((node) => programs.run(node, ['iptables-save', '-c', '-t', 'filter'])),
        );
        const counts = saved.map((text) => packetsIn(text, cut.mark));
        return { droppedPackets: counts.reduce((sum, count) => sum + count, 0) };
      } finally {
        await tell(programs, cut, '-D');
      }
    },
  };
}

const nodesOf = ({ senders }: Cut): string[] => [...new Set(senders.map(({ node }) => node))];

/** Has every node that a sender is on begin (`-I`) or end (`-D`) to drop what its own send. */
async function tell(
  programs: Pick<NodePrograms, 'run'>,
  cut: Cut,
  change: '-I' | '-D',
): Promise<void> {
  const told = await Promise.allSettled(
    nodesOf(cut).map((node) => {
      const own = cut.senders.filter((sender) => sender.node === node);
      const rules = own.map((sender) => ruleOf(sender, cut, change));
      const text = ['*filter', ...rules, 'COMMIT', ''].join('\n');
      return programs.run(node, ['iptables-restore', '--wait', '--noflush'], text);
    }),
  );
  const failed = told.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Before all that the chain lets pass. */
const ruleOf = (sender: PodLife, { address, mark }: Cut, change: '-I' | '-D'): string =>
  [
    ...(change === '-I' ? [change, chain, '1'] : [change, chain]),
    ...['-s', `${sender.address}/32`, '-m', 'conntrack', '--ctorigdst', address],
    ...['-m', 'comment', '--comment', mark, '-j', 'DROP'],
  ].join(' ');

/** What rules with this comment have dropped, by what `iptables-save -c` says. */
export function packetsIn(saved: string, mark: string): number {
  const own = saved.split('\n').filter((line) => line.split(/[\s"]+/).includes(mark));
  return own.reduce((sum, line) => sum + Number(/^\[(\d+):\d+\]/.exec(line)?.[1] ?? 0), 0);
}
