import type { Server } from 'node:net';
import { type Entry, entryOf } from '../../pipeline/entry.ts';
import {
  connectionsAddress,
  firstConnectionPort,
  mostConnections,
  plannedPodAddress,
} from './addresses.ts';
import { endpointsOf, type PodState } from './cluster.ts';
import { addAddress } from './network.ts';
import type { EntryPoints, InnerSpec } from './protocol.ts';
import { createForwarder } from './proxies.ts';

/** The load's way in; told of every change of the first tier's pods. */
export interface EntryWay {
  readonly points: EntryPoints;
  update(): Promise<void>;
}

/**
 * Opens the way in that the manifests offer. By a Service each of the load's connections has a port
 * of its own, which leads to one pod for as long as that is an endpoint, as kube-proxy does; which
 * one the plan's lot says, and behind a break the next. Where there is no endpoint the port is
 * shut, so that a connection is refused.
 */
export async function openEntry(
  spec: InnerSpec,
  podsOf: () => readonly PodState[],
): Promise<EntryWay> {
  const entry = entryOf(spec.pipeline);
  const own = () => podsOf().filter((pod) => pod.spec.tier === entry?.tier.name);
  const { port = 0, protocol = 'http' } = entry ?? {};
  if (entry?.by !== 'service') {
    if (spec.plannedPods.some(({ sendsItself }) => sendsItself)) {
      return openPods(spec, own, { port, protocol });
    }
    const points = [...spec.workerNodes.keys()].map((node) => {
      const pod = own().find((p) => p.spec.node === node);
      return { host: pod?.published ?? '', port };
    });
    return { points: { by: 'node', protocol, points }, update: async () => undefined };
  }
  await addAddress(connectionsAddress);
  const lots = spec.connections.slice(0, mostConnections);
  const connections = lots.map((lot, i) => {
    const pick = createPick(lot, () => endpointsOf(own()));
    const server = createForwarder(() => {
      const pod = pick();
      return pod && { host: pod.published, port };
    });
    return { server, port: firstConnectionPort + i };
  });
  const update = async (): Promise<void> => {
    const open = endpointsOf(own()).length > 0;
    await Promise.all(connections.map((c) => setOpen(c.server, c.port, open)));
  };
  await update();
  const points = spec.connections.map((_, i) => ({
    host: connectionsAddress,
    port: firstConnectionPort + (i % mostConnections),
  }));
  return { points: { by: 'connection', protocol, points }, update };
}

/** The pod of one connection: the one it has, as long as that is there; else the next in turn. */
export function createPick<Pod>(
  lot: number,
  ablePods: () => readonly Pod[],
): () => Pod | undefined {
  let held: Pod | undefined;
  let turn = lot;
  return () => {
    const able = ablePods();
    if (held === undefined || !able.includes(held)) held = able[turn++ % able.length];
    return held;
  };
}

function setOpen(server: Server, port: number, open: boolean): Promise<void> {
  if (server.listening === open) return Promise.resolve();
  return new Promise((resolve, reject) => {
    if (!open) {
      // What is connected is broken by its pod; it is only that nobody new is let in.
      server.close(() => undefined);
      resolve();
      return;
    }
    server.once('error', reject);
    server.listen(port, connectionsAddress, () => resolve());
  });
}

/**
 * A way in for each simulated pod, which reaches its own node's pod of the first tier from its own
 * address: so a collector sees who sends.
 */
async function openPods(
  { plannedPods }: InnerSpec,
  own: () => readonly PodState[],
  { port, protocol }: Pick<Entry, 'port' | 'protocol'>,
): Promise<EntryWay> {
  await addAddress(connectionsAddress);
  const points = plannedPods.map((_, i) => ({
    host: connectionsAddress,
    port: firstConnectionPort + i,
  }));
  for (const [i, { node }] of plannedPods.entries()) {
    const localAddress = plannedPodAddress(i);
    await addAddress(localAddress);
    const server = createForwarder(() => {
      const pod = own().find((p) => p.spec.node === node);
      return pod && { host: pod.published, port, localAddress };
    });
    await setOpen(server, firstConnectionPort + i, true);
  }
  return { points: { by: 'pod', protocol, points }, update: async () => undefined };
}
