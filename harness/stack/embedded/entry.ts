import type { Server } from 'node:net';
import { asksSender } from '../../pipeline/asks-sender.ts';
import { type Entry, entryOf } from '../../pipeline/entry.ts';
import { type Signal, signals } from '../../pipeline/types.ts';
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

/** The load's ways in; told of every change of pods. */
export interface EntryWays {
  readonly points: Readonly<Record<Signal, EntryPoints>>;
  update(): Promise<void>;
}

interface EntryWay {
  readonly points: EntryPoints;
  update(): Promise<void>;
}

const nowhere: EntryPoints = { by: 'node', protocol: 'http', tls: false, points: [] };

/**
 * Opens the ways in that the manifests offer; signals that enter alike share one.
 * @param logFiles by which log records enter, where they do by files
 */
export async function openEntries(
  spec: InnerSpec,
  podsOf: () => readonly PodState[],
  logFiles: EntryPoints | undefined,
): Promise<EntryWays> {
  const entries = signals.map((signal) => [signal, entryOf(spec.pipeline, signal)] as const);
  const keyOf = ({ tier, port, by }: Entry): string => `${tier.name}:${port} ${by}`;
  const distinct = new Map(
    entries.flatMap(([, entry]) =>
      entry && !(entry.files ?? entry.targets) ? [[keyOf(entry), entry]] : [],
    ),
  );
  const ways = new Map<string, EntryWay>();
  await addAddress(connectionsAddress);
  for (const [key, entry] of distinct) {
    const span = Math.floor(mostConnections / distinct.size);
    const ports = { first: firstConnectionPort + ways.size * span, most: span };
    ways.set(key, await openEntry(spec, podsOf, entry, ports));
  }
  const pointsOf = (signal: Signal): EntryPoints => {
    const entry = entryOf(spec.pipeline, signal);
    const points = (entry && ways.get(keyOf(entry))?.points) ?? nowhere;
    return entry?.inForm ? { ...points, form: entry.inForm.form } : points;
  };
  return {
    points: {
      traces: pointsOf('traces'),
      logs: logFiles ?? pointsOf('logs'),
      metrics: pointsOf('metrics'),
    },
    update: async () => {
      await Promise.all([...ways.values()].map((way) => way.update()));
    },
  };
}

/** Ports of the run's own at which connections begin. */
interface Ports {
  readonly first: number;
  /** Beyond this many connections share them. */
  readonly most: number;
}

/**
 * Opens the way in that the manifests offer. By a Service each of the load's connections has a port
 * of its own, which leads to one pod for as long as that is an endpoint, as kube-proxy does; which
 * one the plan's lot says, and behind a break the next. Where there is no endpoint the port is
 * shut, so that a connection is refused.
 */
async function openEntry(
  spec: InnerSpec,
  podsOf: () => readonly PodState[],
  { tier, port, protocol, by, tls }: Entry,
  ports: Ports,
): Promise<EntryWay> {
  const own = () => podsOf().filter((pod) => pod.spec.tier === tier.name);
  if (by === 'pod') {
    const points = spec.plannedPods.map(({ name }) => {
      const pod = own().find((one) => one.spec.name === name);
      return { host: pod?.published ?? '', port };
    });
    return { points: { by: 'pod', protocol, tls, points }, update: async () => undefined };
  }
  if (by === 'node') {
    if (asksSender(tier) || spec.plannedPods.some(({ sendsItself }) => sendsItself)) {
      return openPods(spec, own, { port, protocol, tls }, ports);
    }
    const points = [...spec.workerNodes.keys()].map((node) => {
      const pod = own().find((p) => p.spec.node === node);
      return { host: pod?.published ?? '', port };
    });
    return { points: { by: 'node', protocol, tls, points }, update: async () => undefined };
  }
  const lots = spec.connections.slice(0, ports.most);
  const connections = lots.map((lot, i) => {
    const pick = createPick(lot, () => endpointsOf(own()));
    const server = createForwarder(() => {
      const pod = pick();
      return pod && { host: pod.published, port };
    });
    return { server, port: ports.first + i };
  });
  const update = async (): Promise<void> => {
    const open = endpointsOf(own()).length > 0;
    await Promise.all(connections.map((c) => setOpen(c.server, c.port, open)));
  };
  await update();
  const points = spec.connections.map((_, i) => ({
    host: connectionsAddress,
    port: ports.first + (i % ports.most),
  }));
  return { points: { by: 'connection', protocol, tls, points }, update };
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
  { port, protocol, tls }: Pick<Entry, 'port' | 'protocol' | 'tls'>,
  ports: Ports,
): Promise<EntryWay> {
  const points = plannedPods.map((_, i) => ({
    host: connectionsAddress,
    port: ports.first + i,
  }));
  for (const [i, { node }] of plannedPods.entries()) {
    const localAddress = plannedPodAddress(i);
    await addAddress(localAddress);
    const server = createForwarder(() => {
      const pod = own().find((p) => p.spec.node === node);
      return pod && { host: pod.published, port, localAddress };
    });
    await setOpen(server, ports.first + i, true);
  }
  return { points: { by: 'pod', protocol, tls, points }, update: async () => undefined };
}
