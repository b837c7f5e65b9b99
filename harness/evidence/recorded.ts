import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawRun } from './raw.ts';
import { evidenceFolder, loadJson, missingTables } from './store.ts';

/** SHA-256 of the files that a run recorded, by their path in its folder. */
export type RecordedFiles = Readonly<Record<string, string>>;

/**
 * Digests what the tables are made of: the taps' files, the load's outcomes, the collectors' logs.
 * The backends, each a pod that is named as its tier, write theirs on while they are asked.
 */
export function readRecorded(runFolder: string, raw: RawRun): RecordedFiles {
  const logs = join(evidenceFolder(runFolder), 'logs');
  const names = [
    ...raw.tapFiles.map(({ file }) => file),
    'evidence/outcomes.log',
    ...(existsSync(logs) ? readdirSync(logs).map((name) => `evidence/logs/${name}`) : []),
  ];
  const own = names.filter((name) => !isOfBackend(raw, name));
  const there = own.filter((name) => existsSync(join(runFolder, name))).sort();
  return Object.fromEntries(there.map((name) => [name, digest(join(runFolder, name))]));
}

const isOfBackend = ({ lives }: RawRun, name: string): boolean =>
  lives.some(({ pod, tier }) => pod === tier && name.startsWith(`evidence/logs/${pod}.`));

const digest = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

/** The tables are all there, and what they were made of is as it was then. */
export function areTablesCurrent(runFolder: string, raw: RawRun): boolean {
  if (missingTables(runFolder).length > 0) return false;
  const then = Object.entries(loadJson(runFolder, 'recorded') ?? {});
  const own = Object.fromEntries(then.filter(([name]) => !isOfBackend(raw, name)));
  return JSON.stringify(own) === JSON.stringify(readRecorded(runFolder, raw));
}
