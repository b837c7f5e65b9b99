import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TapEndpoint } from '../../tap/entry.ts';
import type { HiddenForm } from '../../tap/hide.ts';
import { driveTap } from '../tap-driver.ts';
import type { HttpTarget, TapControl, TapCounts } from '../types.ts';
import { type AsideContainer, startContainer } from './container.ts';
import type { RunNames } from './names.ts';

/** The tap beside the cluster, driven over its input like the embedded one. */
export interface ClusterTap extends TapControl {
  readonly address: string;
  /** Resolves when the endpoint listens; its file is named by `fileInside`. */
  open(endpoint: TapEndpoint): Promise<void>;
  /** Stops listening for a pod that is gone; its record stays open. */
  shut(name: string): void;
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
  /** What the records must not hold. */
  readonly hidden: readonly HiddenForm[];
}

const code = join(import.meta.dirname, '..', '..', 'tap');
const codeInside = '/bench/tap';
const folderInside = '/records';

/** A record's file as the tap sees it. */
export const fileInside = (name: string): string => `${folderInside}/${name}.tap`;
const nameOf = (file: string): string => file.slice(folderInside.length + 1, -'.tap'.length);

/** @param onDeath told when the tap fails or ends unasked */
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
  return inContainer(container, onDeath, request.hidden);
}

function inContainer(
  container: AsideContainer,
  onDeath: (message: string) => void,
  hidden: readonly HiddenForm[],
): ClusterTap {
  const state = { counts: new Map<string, TapCounts>(), said: '' };
  container.errors.on('data', (piece: Buffer) => {
    state.said = (state.said + piece.toString('utf8')).slice(-1_000);
  });
  const ended = new Promise<string>((resolve) => {
    container.output.once('end', () => resolve(state.said.trim() || 'without a word'));
  });
  const { input, output } = container;
  const onCounts = (counts: Record<string, TapCounts>): void => {
    state.counts = new Map(Object.entries(counts).map(([file, count]) => [nameOf(file), count]));
  };
  const driver = driveTap({ input, output, ended }, { onCounts, onDeath }, hidden);
  return {
    address: container.address,
    get counts() {
      return state.counts;
    },
    open: driver.open,
    shut: driver.shut,
    refuse: driver.refuse,
    accept: driver.accept,
    reach: container.reach,
    close: driver.close,
    remove: async () => {
      driver.ending();
      await container.remove();
    },
  };
}
