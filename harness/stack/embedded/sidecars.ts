import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { entryOf, isLocalEntry } from '../../pipeline/entry.ts';
import { type Pipeline, signals } from '../../pipeline/types.ts';
import { startListener } from './listener.ts';
import type { RelaySpec } from './relay.ts';

const script = join(import.meta.dirname, 'relay.ts');

/** Ports of a tier at which the load enters and that its pods open for themselves only. */
export const localPorts = (pipeline: Pipeline, tier: string): number[] => [
  ...new Set(
    signals.flatMap((signal) => {
      const entry = entryOf(pipeline, signal);
      return entry?.by === 'pod' && entry.tier.name === tier && isLocalEntry(entry)
        ? entry.port
        : [];
    }),
  ),
];

/** Starts a relay in a pod's network. Resolves when it listens; it ends with this process. */
export const startRelay = (
  nodeBinary: string,
  network: string,
  spec: RelaySpec,
): Promise<ChildProcess> =>
  startListener(['nsenter', `--net=/run/netns/${network}`, nodeBinary, script], {
    name: `the relay of ${network}`,
    ports: spec.ports.length,
    spec,
  });
