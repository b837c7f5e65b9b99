import type { LinkControl } from '../types.ts';
import type { Pod } from './kubelet.ts';
import { createHole, type Hole } from './network.ts';

type Sender = Pick<Pod, 'id' | 'deleted'>;

interface Cut {
  readonly hole: Hole;
  readonly senders: readonly Sender[];
  readonly address: string;
}

/**
 * @param running finds a pod by its name. @throws where it does not run
 * @param dig makes a hole of its own for each cut
 */
export function createLinks(
  running: (name: string) => Sender & Pick<Pod, 'recorder' | 'published'>,
  dig: () => Promise<Hole> = createHole,
): LinkControl {
  const cuts = new Map<string, Cut>();
  const keyOf = (senders: readonly string[], to: string): string => [...senders, to].join(' ');
  return {
    cut: async (names, to) => {
      const { recorder, published: address } = running(to);
      if (recorder === undefined) throw new Error(`pod ${to} has no record in front of it`);
      const senders = names.map(running);
      if (senders.length === 0) throw new Error(`nobody runs who sends to pod ${to}`);
      if (cuts.has(keyOf(names, to))) throw new Error(`pod ${to} is cut off from them already`);
      const cut = { hole: await dig(), senders, address };
      try {
        for (const { id } of senders) await cut.hole.swallow(id, address);
      } catch (error) {
        // Nobody would end what began at some of them.
        await release(cut);
        throw error;
      }
      cuts.set(keyOf(names, to), cut);
    },
    join: async (names, to) => {
      const key = keyOf(names, to);
      const cut = cuts.get(key);
      if (!cut) throw new Error(`what is sent to pod ${to} is not cut off`);
      cuts.delete(key);
      const left = await release(cut);
      if (left > 0) throw new Error(`${left} of those who send to pod ${to} are still cut off`);
      return { droppedPackets: await cut.hole.packets() };
    },
  };
}

/** @returns how many are still cut off; a pod made anew has a network that nothing was done to */
async function release({ hole, senders, address }: Cut): Promise<number> {
  const ended = await Promise.allSettled(senders.map(({ id }) => hole.release(id, address)));
  return senders.filter(({ deleted }, i) => !deleted && ended[i]?.status === 'rejected').length;
}
