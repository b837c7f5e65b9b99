import type { LinkControl } from '../types.ts';
import type { Pod } from './kubelet.ts';
import { createHole, type Hole } from './network.ts';

interface Cut {
  readonly hole: Hole;
  /** Names of the senders' networks. */
  readonly ids: readonly string[];
  readonly address: string;
}

/** @param running finds a pod by its name. @throws where it does not run */
export function createLinks(running: (name: string) => Pod): LinkControl {
  const cuts = new Map<string, Cut>();
  const keyOf = (senders: readonly string[], to: string): string => [...senders, to].join(' ');
  return {
    cut: async (senders, to) => {
      const { recorder, published: address } = running(to);
      if (recorder === undefined) throw new Error(`pod ${to} has no record in front of it`);
      const ids = senders.map((name) => running(name).id);
      if (ids.length === 0) throw new Error(`nobody runs who sends to pod ${to}`);
      const hole = await createHole();
      cuts.set(keyOf(senders, to), { hole, ids, address });
      for (const id of ids) await hole.swallow(id, address);
    },
    join: async (senders, to) => {
      const key = keyOf(senders, to);
      const cut = cuts.get(key);
      if (!cut) throw new Error(`what is sent to pod ${to} is not cut off`);
      cuts.delete(key);
      // A pod that was made anew has a network of its own, which nothing was done to.
      await Promise.allSettled(cut.ids.map((id) => cut.hole.release(id, cut.address)));
      return { droppedPackets: await cut.hole.packets() };
    },
  };
}
