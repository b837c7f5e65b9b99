import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from './judge/types.ts';
import { verdictSchema } from './judge/verdict.schema.ts';
import { UserError } from './lib/errors.ts';
import { readJson } from './shell/json.ts';

/** The verdict of a stored run. @throws UserError where there is none, or it is damaged */
export function readVerdict(runFolder: string): Verdict {
  const file = join(runFolder, 'verdict.json');
  const fix = `npm run bench -- judge ${runFolder}`;
  if (!existsSync(file)) throw new UserError(`${runFolder} has no verdict. Hint: ${fix}`);
  return readJson<Verdict>(file, { schema: verdictSchema }, fix);
}
