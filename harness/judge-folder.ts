import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawRun } from './evidence/raw.ts';
import { areTablesCurrent } from './evidence/recorded.ts';
import { evidenceFolder } from './evidence/store.ts';
import { openEvidence } from './evidence/view.ts';
import { judge } from './judge/judge.ts';
import type { Verdict } from './judge/types.ts';
import { messageOf, UserError } from './lib/errors.ts';
import { comprehend, loadSource } from './prepare.ts';
import { reingest } from './reingest.ts';
import { rerunOf } from './rerun.ts';
import { readJson } from './shell/folder.ts';

/**
 * Judges a stored run from its plan and its saved evidence alone, and writes `timeline.json`.
 * @param timings stage durations in milliseconds, kept with the verdict
 */
export async function judgeFolder(
  runFolder: string,
  timings: Readonly<Record<string, number>> = {},
): Promise<Verdict> {
  const source = loadSource(runFolder);
  const { scenario, pipeline } = comprehend(source);
  const evidence = await openEvidence(runFolder);
  try {
    const judgement = await judge(scenario, pipeline, evidence, evidence.missing);
    writeFileSync(join(runFolder, 'timeline.json'), JSON.stringify(judgement.timeline));
    return { ...judgement.verdict, rerun: rerunOf(source), timings };
  } finally {
    evidence.close();
  }
}

/** Says why a run broke off, for whoever judges it again. */
const brokenFile = (runFolder: string): string => join(runFolder, 'broken.json');

/**
 * Judges what a run recorded that broke off. Missing evidence can only lead to unknown, whatever
 * the rest would say.
 * @throws the error itself where the run recorded nothing
 */
export async function judgeBroken(runFolder: string, error: Error): Promise<Verdict> {
  if (!existsSync(join(runFolder, 'run.json'))) throw error;
  writeFileSync(brokenFile(runFolder), JSON.stringify({ reason: error.message }));
  await reingest(runFolder).catch((cause: unknown) => {
    throw new Error(`${error.message}\n(and what was recorded can't be read: ${messageOf(cause)})`);
  });
  return brokenOff(await judgeFolder(runFolder), error.message);
}

function brokenOff(verdict: Verdict, reason: string): Verdict {
  const check: Verdict['checks'][number] = {
    name: 'evidence',
    subject: 'run',
    verdict: 'unknown',
    expected: 'a run that goes to its end',
    observed: reason,
    findings: [],
  };
  // What failed may be of the break, and what was found as well.
  const checks = verdict.checks.map((c) => ({
    ...c,
    verdict: c.verdict === 'fail' || c.name === 'found' ? ('unknown' as const) : c.verdict,
  }));
  return { ...verdict, verdict: 'unknown', checks: [check, ...checks] };
}

/**
 * Judges a stored run once more, by this version of the judge. Tables that are not there are made
 * again from what was recorded; stage durations are those of the run.
 * @throws UserError where the folder holds no recorded run
 */
export async function judgeAgain(runFolder: string): Promise<Verdict> {
  await makeReadable(runFolder);
  const verdict = await judgeFolder(runFolder, oldTimings(runFolder));
  const file = brokenFile(runFolder);
  if (!existsSync(file)) return verdict;
  const fix = 'write { "reason": "..." } into it';
  return brokenOff(verdict, readJson<{ reason: string }>(file, ['reason'], fix).reason);
}

/**
 * Makes the tables of a stored run again where they are gone, were never made, or what they were
 * made of is not what it was.
 */
export async function makeReadable(runFolder: string): Promise<void> {
  const file = join(runFolder, 'run.json');
  if (!existsSync(file)) {
    throw new UserError(`${runFolder}: run.json is missing; this run ended before it recorded any`);
  }
  const keys = ['planHash', 'startMs', 'tapFiles', 'lives'] as const;
  const raw = readJson<RawRun>(file, keys, 'record the run again');
  const answers = join(evidenceFolder(runFolder), 'answers.json');
  if (existsSync(answers))
    readJson(answers, [], 'remove it: what the backends said is unknown then');
  if (!isWhole(runFolder) || !areTablesCurrent(runFolder, raw)) await reingest(runFolder);
}

/** Whether each file of evidence is as it was written: a copy or a full disk may cut it off. */
function isWhole(runFolder: string): boolean {
  const folder = evidenceFolder(runFolder);
  if (!existsSync(join(folder, 'facts.json'))) return false;
  return readdirSync(folder).every((name) => {
    if (name.endsWith('.json')) return isJson(join(folder, name));
    return !name.endsWith('.parquet') || isParquet(join(folder, name));
  });
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/** Parquet begins and ends with four letters (format specification, "File format"). */
function isParquet(file: string): boolean {
  const bytes = readFileSync(file);
  return [bytes.subarray(0, 4), bytes.subarray(-4)].every((b) => b.toString('latin1') === 'PAR1');
}

/** Of a verdict that is replaced: a damaged one has none. */
function oldTimings(runFolder: string): Verdict['timings'] {
  const file = join(runFolder, 'verdict.json');
  return isJson(file) ? (readJson<Partial<Verdict>>(file, [], '')?.timings ?? {}) : {};
}
