import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TapCommand, TapEndpoint, TapReport } from '../../tap/entry.ts';
import type { HttpTarget, TapCounts } from '../types.ts';
import { type AsideContainer, startContainer } from './container.ts';
import type { RunNames } from './names.ts';

/** The tap beside the cluster, driven over its input like the embedded one. */
export interface ClusterTap {
  readonly address: string;
  /** Resolves when the endpoint listens; its file is named by `fileInside`. */
  open(endpoint: TapEndpoint): Promise<void>;
  /** By name of the record. */
  readonly counts: ReadonlyMap<string, TapCounts>;
  /** Where a port of it is reached from here. */
  reach(port: number): HttpTarget;
  /** Writes the end records; resolves when all of it is on disk. */
  close(): Promise<void>;
  remove(): Promise<void>;
}

export interface TapRequest {
  readonly names: RunNames;
  readonly image: string;
  readonly user: string | undefined;
  /** Folder of the records, on this side. */
  readonly folder: string;
  /** Ports to be reached from here. */
  readonly ports: readonly number[];
}

const code = join(import.meta.dirname, '..', '..', 'tap');
const codeInside = '/bench/tap';
const folderInside = '/records';

/** A record's file as the tap sees it. */
export const fileInside = (name: string): string => `${folderInside}/${name}.tap`;
const nameOf = (file: string): string => file.slice(folderInside.length + 1, -'.tap'.length);

/** @param onDeath told when the tap fails or ends unasked: evidence is lost then */
export async function startTap(
  request: TapRequest,
  onDeath: (message: string) => void,
): Promise<ClusterTap> {
  mkdirSync(request.folder, { recursive: true });
  const container = await startContainer({
    name: request.names.tap,
    image: request.image,
    network: request.names.network,
    labels: request.names.labels,
    user: request.user,
    command: ['node', `${codeInside}/entry.ts`],
    mounts: [{ source: request.folder, target: folderInside, mode: 'rw' }],
    folders: [{ source: code, target: codeInside }],
    files: [{ content: '{"type":"module"}', target: '/bench/package.json' }],
    ports: request.ports,
  });
  return driveTap(container, onDeath);
}

function driveTap(container: AsideContainer, onDeath: (message: string) => void): ClusterTap {
  const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const state = { counts: new Map<string, TapCounts>(), ended: false, said: '' };
  const wait = (name: string): Promise<void> =>
    new Promise((resolve, reject) => waiting.set(name, { resolve, reject }));
  const send = (command: TapCommand): void => {
    container.input.write(`${JSON.stringify(command)}\n`);
  };
  /** A later word on the same endpoint finds nobody waiting: then it is a failure of the run. */
  const take = (name: string) => {
    const waiter = waiting.get(name);
    waiting.delete(name);
    return waiter;
  };
  const hear = (report: TapReport): void => {
    if (report.event === 'counts') {
      const counts = Object.entries(report.counts as Record<string, TapCounts>);
      state.counts = new Map(counts.map(([file, count]) => [nameOf(file), count]));
    } else if (report.event === 'open') take(report.name)?.resolve();
    else if (report.event === 'closed') take('close')?.resolve();
    else {
      const message = `tap ${report.name}: ${report.message}`;
      const waiter = take(report.name);
      if (waiter) waiter.reject(new Error(message));
      else onDeath(message);
    }
  };
  createInterface({ input: container.output }).on('line', (line) => {
    hear(JSON.parse(line) as TapReport);
  });
  container.errors.on('data', (piece: Buffer) => {
    state.said = (state.said + piece.toString('utf8')).slice(-1_000);
  });
  container.input.on('error', () => undefined);
  container.output.once('end', () => {
    const message = `the tap ended: ${state.said.trim() || 'without a word'}`;
    for (const waiter of waiting.values()) waiter.reject(new Error(message));
    if (!state.ended) onDeath(message);
  });
  return {
    address: container.address,
    get counts() {
      return state.counts;
    },
    open: (endpoint) => {
      send({ command: 'open', endpoint });
      return wait(endpoint.name);
    },
    reach: container.reach,
    close: async () => {
      send({ command: 'close' });
      await wait('close');
    },
    remove: async () => {
      state.ended = true;
      await container.remove();
    },
  };
}
