import { join } from 'node:path';
import { spokenAt } from '../../pipeline/backends.ts';
import { entryOf } from '../../pipeline/entry.ts';
import type { Backend, Pipeline, Tier } from '../../pipeline/types.ts';
import { identityOf, type TapIdentity } from '../../tap/format.ts';
import type { TapCounts, TapFile } from '../types.ts';
import { podAddress, tapAddress } from './addresses.ts';
import { addAddress } from './network.ts';
import { ingestPort, type PodSpec } from './podspec.ts';
import type { InnerMessage, InnerSpec } from './protocol.ts';
import { startTaps, type Taps } from './taps.ts';

/** Puts taps in front of backends and of every pod that another tier sends to. */
export interface Recorders extends Pick<Taps, 'refuse' | 'accept'> {
  /** Addresses by backend host; the taps listen once the backends have theirs. */
  reserveBackends(): ReadonlyMap<string, string>;
  nextPodAddress(): string;
  /** The tap in front of one pod; undefined for pods that are not recorded. */
  inFrontOf(pod: PodSpec, address: string): Promise<{ name: string; address: string } | undefined>;
  shut(name: string): void;
  files(): readonly TapFile[];
  close(): Promise<void>;
}

export function createRecorders(spec: InnerSpec, send: (message: InnerMessage) => void): Recorders {
  const counters = { pod: 0, tap: 0 };
  const tapFiles: TapFile[] = [];
  const backendTaps = new Map<string, string>();
  const shutNames = new Map<string, string[]>();
  const nameOfFile = new Map<string, string>();
  const events = {
    onCounts: (counts: Record<string, TapCounts>) =>
      send({ event: 'taps', counts: renamed(counts, nameOfFile) }),
    onDeath: (message: string) => send({ event: 'broken', text: message }),
  };
  const taps = startTaps(spec.nodeBinary, events, spec.hidden);
  /** @returns what the record says of itself */
  const register = (tapFile: TapFile): TapIdentity => {
    tapFiles.push(tapFile);
    nameOfFile.set(tapFile.file, tapFile.name);
    send({ event: 'tapFile', tapFile });
    return identityOf(spec.runId, tapFile);
  };
  const inFrontOfBackend = async (pod: PodSpec, address: string): Promise<void> => {
    for (const backend of spec.pipeline.backends.filter((b) => b.kind === pod.tier)) {
      const name = nameOfBackend(backend);
      const hop = { backend: backend.id };
      const identity = register({ name, file: fileOf(spec, name), hop, pod: undefined });
      const host = backendTaps.get(backend.host) ?? '';
      const protocol = spokenAt(backend);
      await taps.open({
        name,
        protocol: protocol ?? 'silent',
        listen: { host, port: backend.port },
        upstream: { host: address, port: ingestPort[backend.kind][protocol ?? backend.protocol] },
        file: fileOf(spec, name),
        identity,
      });
    }
  };
  return {
    reserveBackends: () => {
      for (const { host } of spec.pipeline.backends) {
        if (!backendTaps.has(host)) backendTaps.set(host, tapAddress(counters.tap++));
      }
      return backendTaps;
    },
    nextPodAddress: () => podAddress(counters.pod++),
    inFrontOf: async (pod, address) => {
      const tier = spec.pipeline.tiers.find((t) => t.name === pod.tier);
      if (!tier) {
        const own = spec.pipeline.backends.filter((b) => b.kind === pod.tier);
        for (const { host } of own) await addAddress(backendTaps.get(host) ?? '');
        await inFrontOfBackend(pod, address);
        return undefined;
      }
      const ports = recordedPorts(spec.pipeline, tier, spec.app.length > 0);
      if (ports.size === 0) return undefined;
      const front = tapAddress(counters.tap++);
      await addAddress(front);
      const name = `${pod.tier}-${pod.ordinal}-${tapFiles.filter((f) => f.pod === pod.name).length}`;
      const hop = { tier: pod.tier };
      const identity = register({ name, file: fileOf(spec, name), hop, pod: pod.name });
      const opened: string[] = [];
      // A pod takes connections also at ports that its manifest does not list.
      const listed = tier.workload.ports.map(({ port }) => port);
      for (const port of new Set([...listed, ...ports.keys()])) {
        const protocol = ports.get(port) ?? 'tcp';
        const listen = { host: front, port };
        opened.push(`${name}:${port}`);
        await taps.open({
          name: `${name}:${port}`,
          protocol,
          listen,
          upstream: { host: address, port },
          file: fileOf(spec, name),
          identity,
        });
      }
      shutNames.set(name, opened);
      return { name, address: front };
    },
    shut: (name) => {
      for (const endpoint of shutNames.get(name) ?? []) taps.shut(endpoint);
    },
    refuse: taps.refuse,
    accept: taps.accept,
    files: () => tapFiles,
    close: () => taps.close(),
  };
}

const fileOf = ({ runFolder }: InnerSpec, name: string): string =>
  join(runFolder, 'evidence', 'taps', `${name}.tap`);

export const nameOfBackend = (backend: Backend): string =>
  `${backend.kind}-${backend.host.replace(/[^A-Za-z0-9-]/g, '_')}-${backend.port}`;

/**
 * Ports at which data arrives: from other tiers, or from the load where that has to be seen.
 * @param hasApp an application sends as well, and what it sends is known by what is recorded
 */
export function recordedPorts(
  pipeline: Pick<Pipeline, 'tiers' | 'services'>,
  tier: Tier,
  hasApp = false,
): Map<number, 'grpc' | 'http'> {
  const ports = new Map<number, 'grpc' | 'http'>();
  for (const sender of pipeline.tiers) {
    for (const { to, protocol } of sender.outputs) {
      if ('tier' in to && to.tier === tier.name) ports.set(to.port, protocol);
    }
  }
  const entry = entryOf(pipeline);
  // Which pod a connection of the load met, only its recorder can tell.
  if (entry?.tier.name === tier.name && (entry.by === 'service' || hasApp))
    ports.set(entry.port, entry.protocol);
  if (tier.tailSampling) {
    for (const { name, port } of tier.workload.ports) {
      if (name.endsWith('-grpc') || name.endsWith('-http')) {
        ports.set(port, name.endsWith('-grpc') ? 'grpc' : 'http');
      }
    }
  }
  return ports;
}

const renamed = (
  counts: Record<string, TapCounts>,
  names: ReadonlyMap<string, string>,
): Record<string, TapCounts> =>
  Object.fromEntries(Object.entries(counts).map(([file, c]) => [names.get(file) ?? file, c]));
