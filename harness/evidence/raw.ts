import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Receipt } from '../faults/types.ts';
import type { PodLife, TapFile } from '../stack/types.ts';
import type { LoadFacts } from './types.ts';

/**
 * What the run itself knew, saved as it went on: with the taps' files, the load's outcomes and the
 * collectors' logs it is all that the evidence is made of.
 */
export interface RawRun {
  readonly runId: string;
  readonly runtime: 'embedded' | 'kind';
  /** Of the plan that was sent: a plan made again from the seed must be the same. */
  readonly planHash: string;
  /** Of the plan; undefined in runs from before they were sealed. */
  readonly seed?: number | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly addressOfPod: readonly string[];
  /** Uids of the planned pods, where the runtime did not take the planned ones. */
  readonly uidOfPod?: readonly string[] | undefined;
  readonly workerNodes: readonly string[];
  /** Files are named relative to the run's folder. */
  readonly tapFiles: readonly TapFile[];
  readonly lives: readonly PodLife[];
  readonly receipts: readonly Receipt[];
  readonly load: LoadFacts;
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

const fileOf = (runFolder: string): string => join(runFolder, 'run.json');

export const saveRaw = (runFolder: string, raw: RawRun): void =>
  writeFileSync(fileOf(runFolder), JSON.stringify(raw, undefined, 1));

/** Undefined where the run never got that far. */
export function loadRaw(runFolder: string): RawRun | undefined {
  const file = fileOf(runFolder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RawRun) : undefined;
}
