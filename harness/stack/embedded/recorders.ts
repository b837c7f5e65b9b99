import { join } from 'node:path';
import { allocatorsOf } from '../../pipeline/allocator.ts';
import { spokenAt } from '../../pipeline/backends.ts';
import { type Entry, entryOf, scrapedOf } from '../../pipeline/entry.ts';
import { isAddress, type ScrapeTarget } from '../../pipeline/scrape-target.ts';
import {
  type Backend,
  isProgram,
  type Pipeline,
  signals,
  type Tier,
} from '../../pipeline/types.ts';
import type { TapEndpoint } from '../../tap/entry.ts';
import { identityOf, type TapIdentity } from '../../tap/format.ts';
import type { Tls } from '../../tap/tls.ts';
import type { TapCounts, TapFile } from '../types.ts';
import { podAddress, tapAddress } from './addresses.ts';
import { addAddress } from './network.ts';
import { ingestPort, type PodSpec } from './podspec.ts';
import type { InnerMessage, InnerSpec } from './protocol.ts';
import { hopTls } from './recorder-tls.ts';
import { startTaps, type Taps } from './taps.ts';

/** Puts taps in front of backends and of every pod that another tier sends to. */
export interface Recorders extends Pick<Taps, 'refuse' | 'accept'> {
  /**
   * Addresses by host, of backends and of what is scraped; the taps listen once there is something
   * behind them.
   */
  reserveBackends(): ReadonlyMap<string, string>;
  /** The taps that stand for what is outside the cluster: no pod is behind them. */
  openOutside(): Promise<void>;
  nextPodAddress(): string;
  /** The tap in front of one pod; undefined for pods that are not recorded. */
  inFrontOf(pod: PodSpec, address: string): Promise<{ name: string; address: string } | undefined>;
  /** The tap in front of what writes a node's log files, at a port of the run's own. */
  inFrontOfFiles(
    tier: string,
    node: number,
    port: number,
  ): Promise<{ readonly host: string; readonly port: number }>;
  /** The tap in front of what answers for a target that is scraped, at a port of the run's own. */
  inFrontOfTarget(target: ScrapeTarget, port: number): Promise<void>;
  shut(name: string): void;
  files(): readonly TapFile[];
  close(): Promise<void>;
}

/** @param tls by which the hops that are encrypted end at their recorder */
export function createRecorders(
  spec: InnerSpec,
  send: (message: InnerMessage) => void,
  tls?: Tls,
): Recorders {
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
  const openBackend = async (backend: Backend, address?: string): Promise<void> => {
    const name = nameOfBackend(backend);
    const file = fileOf(spec, name);
    const identity = register({ name, file, hop: { backend: backend.id }, pod: undefined });
    const host = backendTaps.get(backend.host) ?? '';
    await addAddress(host);
    await taps.open({ name, file, identity, ...wayThrough(backend, host, address, tls) });
  };
  const openBackends = async (kind: string, address?: string): Promise<void> => {
    const own = spec.pipeline.backends.filter((backend) => backend.kind === kind);
    for (const backend of own) await openBackend(backend, address);
  };
  return {
    reserveBackends: () => {
      const targets = namedTargets(spec.pipeline);
      const allocators = spec.allocators.length > 0 ? [] : allocatorsOf(spec.pipeline);
      for (const { host } of [...spec.pipeline.backends, ...targets, ...allocators]) {
        if (!backendTaps.has(host)) backendTaps.set(host, tapAddress(counters.tap++));
      }
      return backendTaps;
    },
    openOutside: () => openBackends('otlp'),
    nextPodAddress: () => podAddress(counters.pod++),
    inFrontOf: async (pod, address) => {
      const tier = spec.pipeline.tiers.find((t) => t.name === pod.tier);
      if (!tier) {
        await openBackends(pod.tier, address);
        return undefined;
      }
      const ports = recordedPorts(spec.pipeline, tier, spec.app.length > 0);
      if (ports.size === 0) return undefined;
      const front = tapAddress(counters.tap++);
      await addAddress(front);
      const name = `${pod.tier}-${pod.ordinal}-${tapFiles.filter((f) => f.pod === pod.name).length}`;
      const file = fileOf(spec, name);
      const identity = register({ name, file, hop: { tier: pod.tier }, pod: pod.name });
      // A pod takes connections also at ports that its manifest does not list.
      const listed = tier.workload.ports.map(({ port }) => port);
      const all = new Set([...listed, ...ports.keys()]);
      for (const port of all) {
        const way = wayToPod(tier, port, ports.get(port) ?? 'tcp', front, address);
        await taps.open({ name: `${name}:${port}`, ...way, file, identity });
      }
      shutNames.set(
        name,
        [...all].map((port) => `${name}:${port}`),
      );
      return { name, address: front };
    },
    inFrontOfFiles: (tier, node, port) => {
      const recorded = recordOfFiles(spec, tier, node);
      const listen = { host: tapAddress(counters.tap++), port };
      return openOwn(taps, recorded, register(recorded), listen, port);
    },
    inFrontOfTarget: async (target, port) => {
      const recorded = recordOfTarget(spec, target);
      const listen = { host: addressOf(target, backendTaps), port: target.port };
      await openOwn(taps, recorded, register(recorded), listen, port);
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

/** Those that are found by name; what service discovery finds has an address. */
const namedTargets = (pipeline: Pipeline): readonly ScrapeTarget[] =>
  (scrapedOf(pipeline)?.targets ?? []).filter(({ host }) => !isAddress(host));

const addressOf = ({ host }: ScrapeTarget, named: ReadonlyMap<string, string>): string =>
  isAddress(host) ? host : (named.get(host) ?? '');

/** @param front where the tap listens for a pod @param address of the pod itself */
function wayToPod(
  tier: Tier,
  port: number,
  spoken: TapEndpoint['protocol'],
  front: string,
  address: string,
): Pick<TapEndpoint, 'protocol' | 'listen' | 'upstream'> {
  const tls = hopTls(tier, port);
  const protocol = tls === 'unrecorded' ? 'tcp' : spoken;
  const { end, onward } = protocol === 'tcp' || typeof tls !== 'object' ? {} : tls;
  return {
    protocol,
    listen: { host: front, port, tls: end },
    upstream: { host: address, port, tls: onward },
  };
}

function recordOfFiles(spec: InnerSpec, tier: string, node: number): TapFile {
  const name = `${tier}-files-${node}`;
  return { name, file: fileOf(spec, name), hop: { files: tier }, pod: undefined };
}

function recordOfTarget(spec: InnerSpec, { id, host, port }: ScrapeTarget): TapFile {
  const name = `target-${namedAs(host)}-${port}`;
  return { name, file: fileOf(spec, name), hop: { target: id }, pod: undefined };
}

/** What is the bench's own listens at a port of its own, for the run alone. */
async function openOwn(
  taps: Taps,
  { name, file }: TapFile,
  identity: TapIdentity,
  listen: { readonly host: string; readonly port: number },
  port: number,
): Promise<typeof listen> {
  const upstream = { host: '127.0.0.1', port };
  await addAddress(listen.host);
  await taps.open({ name, protocol: 'http', listen, upstream, file, identity });
  return listen;
}

/** @param address of the pod that the backend is; undefined where it is none */
function wayThrough(
  backend: Backend,
  host: string,
  address: string | undefined,
  tls: Tls | undefined,
): Pick<TapEndpoint, 'protocol' | 'listen' | 'upstream'> {
  const { kind, port } = backend;
  const protocol = spokenAt(backend);
  return {
    protocol: protocol ?? 'silent',
    listen: { host, port, tls: backend.tls ? tls : undefined },
    upstream:
      isProgram(kind) && address !== undefined
        ? { host: address, port: ingestPort[kind][protocol ?? backend.protocol] }
        : 'nobody',
  };
}

const fileOf = ({ runFolder }: InnerSpec, name: string): string =>
  join(runFolder, 'evidence', 'taps', `${name}.tap`);

export const nameOfBackend = (backend: Backend): string =>
  `${backend.kind}-${namedAs(backend.host)}-${backend.port}`;

const namedAs = (host: string): string => host.replace(/[^A-Za-z0-9-]/g, '_');

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
  for (const signal of signals) {
    const entry = entryOf(pipeline, signal);
    // Which pod a connection of the load met, only its recorder can tell.
    if (entry?.tier.name === tier.name && isAsked(entry) && (entry.by !== 'node' || hasApp))
      ports.set(entry.port, entry.protocol);
  }
  if (tier.tailSampling) {
    for (const { name, port } of tier.workload.ports) {
      if (name.endsWith('-grpc') || name.endsWith('-http')) {
        ports.set(port, name.endsWith('-grpc') ? 'grpc' : 'http');
      }
    }
  }
  return ports;
}

/** It is sent what enters there: it neither tails nor scrapes it. */
const isAsked = ({ files, targets }: Entry): boolean => !(files ?? targets);

const renamed = (
  counts: Record<string, TapCounts>,
  names: ReadonlyMap<string, string>,
): Record<string, TapCounts> =>
  Object.fromEntries(Object.entries(counts).map(([file, c]) => [names.get(file) ?? file, c]));
