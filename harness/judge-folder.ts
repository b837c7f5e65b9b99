import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingTables } from './evidence/store.ts';
import { openEvidence } from './evidence/view.ts';
import { judge } from './judge/judge.ts';
import type { Verdict } from './judge/types.ts';
import { messageOf, UserError } from './lib/errors.ts';
import { loadSource, understand } from './prepare.ts';
import { reingest } from './reingest.ts';

/**
 * Judges a stored run from its plan and its saved evidence alone, and writes `timeline.json`.
 * @param timings stage durations in milliseconds, kept with the verdict
 */
export async function judgeFolder(
  runFolder: string,
  timings: Readonly<Record<string, number>> = {},
): Promise<Verdict> {
  const { scenario, pipeline } = understand(loadSource(runFolder));
  const evidence = await openEvidence(runFolder);
  try {
    const judgement = await judge(scenario, pipeline, evidence, evidence.missing);
    writeFileSync(join(runFolder, 'timeline.json'), JSON.stringify(judgement.timeline));
    return { ...judgement.verdict, timings };
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
  const checks = verdict.checks.map((c) => ({
    ...c,
    verdict: c.verdict === 'fail' ? ('unknown' as const) : c.verdict,
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
  return brokenOff(verdict, (JSON.parse(readFileSync(file, 'utf8')) as { reason: string }).reason);
}

/** Makes the tables of a stored run again where they are gone, or were never made. */
export async function makeReadable(runFolder: string): Promise<void> {
  if (!existsSync(join(runFolder, 'run.json'))) {
    throw new UserError(`${runFolder}: run.json is missing; this run ended before it recorded any`);
  }
  if (missingTables(runFolder).length > 0) await reingest(runFolder);
}

function oldTimings(runFolder: string): Verdict['timings'] {
  const file = join(runFolder, 'verdict.json');
  if (!existsSync(file)) return {};
  return (JSON.parse(readFileSync(file, 'utf8')) as Verdict).timings;
}
