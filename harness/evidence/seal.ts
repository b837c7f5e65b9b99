import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../lib/errors.ts';
import { digestFile, type FileDigest, isFile } from '../shell/digest.ts';
import { readJson } from '../shell/json.ts';
import type { RawRun, Seal } from './files.ts';
import { recordedNames } from './recorded.ts';
import { sealSchema } from './schemas.ts';
import type { Doubt } from './types.ts';

const sealFile = 'seal.json';
/** Appended to until the very end: sealed as far as it was then. */
const journalFile = 'journal.jsonl';
const singleFiles = [
  'plan.json',
  'run.json',
  journalFile,
  'evidence/answers.json',
  'evidence/clicks.json',
];

/** All that the judge reads and that can't be made again from the rest. */
function namesToSeal(runFolder: string, raw: RawRun): string[] {
  const singles = singleFiles.filter((name) => isFile(join(runFolder, name)));
  return [...singles, ...recordedNames(runFolder, raw)];
}

/**
 * Seals a run, once nothing is recorded any more.
 * @param known digests of recorded files that were worked out just now
 */
export function sealRun(
  runFolder: string,
  raw: RawRun,
  known: Readonly<Record<string, string>> = {},
): void {
  const files = namesToSeal(runFolder, raw).map((name): [string, FileDigest] => {
    const file = join(runFolder, name);
    const sha256 = known[name];
    return [name, sha256 ? { bytes: statSync(file).size, sha256 } : digestFile(file)];
  });
  const { runId, planHash, seed = 0 } = raw;
  const seal: Seal = { runId, planHash, seed, files: Object.fromEntries(files) };
  writeFileSync(join(runFolder, sealFile), JSON.stringify(seal, undefined, 1));
}

/** Whether a run was recorded by a bench that seals. */
export const isToBeSealed = (runFolder: string, raw: RawRun): boolean =>
  raw.seed !== undefined || existsSync(join(runFolder, sealFile));

/** What is not as it was sealed; nothing of a run from before there were seals. */
export function checkSeal(runFolder: string, raw: RawRun): Doubt[] {
  if (!isToBeSealed(runFolder, raw)) return [];
  let seal: Seal;
  try {
    seal = readJson(join(runFolder, sealFile), sealSchema, 'judge it with --unsealed');
  } catch (error) {
    const what = existsSync(join(runFolder, sealFile))
      ? `can't be read: ${messageOf(error)}`
      : 'is not there: the run ended before its record was whole, or the file went';
    return [{ file: sealFile, what }];
  }
  const sealed = Object.entries(seal.files);
  const unsealed = namesToSeal(runFolder, raw).filter((name) => !(name in seal.files));
  return [
    ...(['runId', 'planHash', 'seed'] as const).flatMap((key) =>
      seal[key] === raw[key]
        ? []
        : { file: 'run.json', what: `says ${key} ${raw[key]}, the seal ${seal[key]}` },
    ),
    ...sealed.flatMap(([name, then]) => changeOf(runFolder, name, then)),
    ...unsealed.map((name) => ({ file: name, what: 'was not there when the run was sealed' })),
  ];
}

function changeOf(runFolder: string, name: string, then: FileDigest): Doubt[] {
  const file = join(runFolder, name);
  if (!isFile(file)) return [{ file: name, what: 'was sealed and is not there' }];
  const { size } = statSync(file);
  const grows = name === journalFile && size > then.bytes;
  if (size !== then.bytes && !grows) {
    return [{ file: name, what: `has ${size} bytes, it was sealed with ${then.bytes}` }];
  }
  const now = digestFile(file, then.bytes);
  return now.sha256 === then.sha256 ? [] : [{ file: name, what: 'is not as it was sealed' }];
}
