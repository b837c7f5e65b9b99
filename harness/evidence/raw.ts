import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../shell/json.ts';
import type { RawRun } from './files.ts';
import { rawRunSchema } from './schemas.ts';

export type { RawRun } from './files.ts';

const fix = 'record the run again';

const fileOf = (runFolder: string): string => join(runFolder, 'run.json');

export const saveRaw = (runFolder: string, raw: RawRun): void =>
  writeFileSync(fileOf(runFolder), JSON.stringify(raw, undefined, 1));

/** Undefined where the run never got that far. @throws UserError for a damaged one */
export function loadRaw(runFolder: string): RawRun | undefined {
  const file = fileOf(runFolder);
  return existsSync(file) ? readJson(file, rawRunSchema, fix) : undefined;
}
