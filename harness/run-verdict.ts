import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from './judge/types.ts';
import { verdictSchema } from './judge/verdict.schema.ts';
import { UserError } from './lib/errors.ts';
import { type FileSchema, isReadable, readJson } from './shell/json.ts';

/** The verdict of a stored run. @throws UserError where there is none, or it is damaged */
export function readVerdict(runFolder: string): Verdict {
  const file = join(runFolder, 'verdict.json');
  const fix = `npm run bench -- judge ${runFolder}`;
  if (!existsSync(file)) throw new UserError(`${runFolder} has no verdict. Hint: ${fix}`);
  return readJson<Verdict>(file, ofVerdict, fix);
}

const ofVerdict: FileSchema<Verdict> = { schema: verdictSchema };

/** The verdict of a run of which nothing is known but its folder; undefined where it has none. */
export const verdictIn = (runFolder: string): Verdict | undefined =>
  isReadable(join(runFolder, 'verdict.json'), ofVerdict) ? readVerdict(runFolder) : undefined;
