import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestFile, isFile } from '../shell/digest.ts';
import type { RawRun, RecordedFiles } from './files.ts';
import { machineName } from './machine.ts';
import { samplesName } from './samples.ts';
import { derivedNames, evidenceFolder, loadJson, missingTables } from './store.ts';

export const outcomesFile = (runFolder: string): string =>
  join(evidenceFolder(runFolder), 'outcomes.log');

/**
 * What the tables are made of, by path in the run's folder: the taps' files, the load's outcomes,
 * the collectors' logs. The backends, each a pod that is named as its tier, write theirs on while
 * they are asked.
 */
export function recordedNames(runFolder: string, raw: RawRun): string[] {
  const logs = join(evidenceFolder(runFolder), 'logs');
  const names = [
    ...raw.tapFiles.map(({ file }) => file),
    'evidence/outcomes.log',
    `evidence/${samplesName}`,
    `evidence/${machineName}`,
    ...raw.lives.flatMap(({ left }) => left?.files.map(({ file }) => file) ?? []),
    ...(existsSync(logs) ? readdirSync(logs).map((name) => `evidence/logs/${name}`) : []),
  ];
  const own = names.filter((name) => !isOfBackend(raw, name));
  return own.filter((name) => isFile(join(runFolder, name))).sort();
}

/** Digests of what the tables are made of. */
export const readRecorded = (runFolder: string, raw: RawRun): RecordedFiles =>
  digestAll(runFolder, recordedNames(runFolder, raw));

/** Counts up where the tables get other columns: those of older benches are made again. */
const tablesVersion = 2;

/** Digests of the tables themselves, and of the JSON beside them that was made of the same. */
export const readDerived = (runFolder: string): RecordedFiles => ({
  ...digestAll(runFolder, derivedNames(runFolder)),
  tables: String(tablesVersion),
});

const digestAll = (runFolder: string, names: readonly string[]): RecordedFiles =>
  Object.fromEntries(names.map((name) => [name, digestFile(join(runFolder, name)).sha256]));

const isOfBackend = ({ lives }: RawRun, name: string): boolean =>
  lives.some(({ pod, tier }) => pod === tier && name.startsWith(`evidence/logs/${pod}.`));

/** The tables are all there and as they were made, and what they were made of is as it was then. */
export function areTablesCurrent(runFolder: string, raw: RawRun): boolean {
  if (missingTables(runFolder).length > 0) return false;
  const then = Object.entries(loadJson(runFolder, 'recorded') ?? {});
  const own = Object.fromEntries(then.filter(([name]) => !isOfBackend(raw, name)));
  const now = { ...readRecorded(runFolder, raw), ...readDerived(runFolder) };
  return JSON.stringify(own) === JSON.stringify(now);
}
