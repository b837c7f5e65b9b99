import { readFileSync } from 'node:fs';
import { parseYaml } from '../../lib/yaml.ts';
import { processScope } from '../../shell/processes.ts';
import { type AcquireSettings, acquireBinaries, readVersions } from '../acquire/index.ts';
import type { StackSpec } from '../types.ts';
import type { RunOwner } from './names.ts';
import { fingerprintOf } from './warm.ts';

/** What `main.ts` knows of the world. */
export interface KindSettings {
  readonly acquire: AcquireSettings;
  /** The repository's `kind-config.yaml`. */
  readonly configFile: string;
}

/** This process, from now on. */
export const ownerNow = (): RunOwner => ({
  processId: process.pid,
  host: processScope(),
  sinceMs: Date.now(),
});

/** What a cluster would be made of now. */
export async function fingerprintNow({ configFile, acquire }: KindSettings): Promise<string> {
  const versions = await readVersions(acquire.fixturesDir);
  return fingerprintOf(readFileSync(configFile, 'utf8'), versions);
}

/** @param binaries what was acquired already */
export async function kindBinaryOf(
  binaries: StackSpec['binaries'],
  settings: AcquireSettings,
  onEvent: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const given = binaries.get('kind');
  if (given) return given.path;
  const [got] = await acquireBinaries(['kind'], settings, ({ text }) => onEvent(text), signal);
  return got?.path ?? '';
}

export function clusterNameIn(configFile: string): string {
  const [document] = parseYaml(configFile, readFileSync(configFile, 'utf8')).documents;
  return (document?.value as { name?: string } | undefined)?.name ?? 'kind';
}
