import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { entryOf, isLocalEntry } from '../../pipeline/entry.ts';
import { type Pipeline, signals } from '../../pipeline/types.ts';
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
export async function startRelay(
  nodeBinary: string,
  network: string,
  spec: RelaySpec,
): Promise<ChildProcess> {
  const child = spawn('nsenter', [`--net=/run/netns/${network}`, nodeBinary, script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const listening = new Promise<void>((resolve, reject) => {
    let open = 0;
    createInterface({ input: child.stdout }).on('line', () => {
      open++;
      if (open === spec.ports.length) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the relay of ${network} ended with ${code}`)));
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(spec)}\n`);
  await listening;
  return child;
}
