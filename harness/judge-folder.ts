import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findContradictions } from './evidence/contradictions/index.ts';
import { loadRaw, type RawRun } from './evidence/raw.ts';
import { areTablesCurrent } from './evidence/recorded.ts';
import { checkSeal, isToBeSealed } from './evidence/seal.ts';
import { evidenceFolder, isStored, loadJson } from './evidence/store.ts';
import type { Doubt } from './evidence/types.ts';
import { openEvidence } from './evidence/view.ts';
import { brokenOff, doubtText, inDoubt, putBack } from './judge/doubt.ts';
import { judge } from './judge/judge.ts';
import type { Verdict } from './judge/types.ts';
import { isUnstarted, judgeImagesOf, judgeUnstartedFolder } from './judge-unstarted-folder.ts';
import { messageOf, UserError } from './lib/errors.ts';
import { comprehend, understand } from './prepare.ts';
import { reingest } from './reingest.ts';
import { rerunOf } from './rerun.ts';
import { loadSource } from './run-source.ts';
import { appTier } from './scenario/apps.ts';
import { isReadable, readJson, schemaFor } from './shell/json.ts';

/**
 * Judges a stored run from its plan and its saved evidence alone, and writes `timeline.json`.
 * @param timings stage durations in milliseconds, kept with the verdict
 */
export async function judgeFolder(
  runFolder: string,
  timings: Readonly<Record<string, number>> = {},
): Promise<Verdict> {
  const source = loadSource(runFolder);
  const { scenario, pipeline, said } = comprehend(source);
  const evidence = await openEvidence(runFolder);
  try {
    const judgement = await judge(scenario, pipeline, evidence, evidence.missing);
    writeFileSync(join(runFolder, 'timeline.json'), JSON.stringify(judgement.timeline));
    const fidelity = [...said, ...judgement.verdict.fidelity];
    const { grafana } = pipeline;
    const versions = { ...judgement.verdict.versions, ...(grafana ? { grafana } : {}) };
    return { ...judgement.verdict, fidelity, versions, rerun: rerunOf(source), timings };
  } finally {
    evidence.close();
  }
}

const brokenSchema = schemaFor<{ reason: string }>()(z.object({ reason: z.string() }));

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

export interface JudgeOptions {
  /** Judges an edited run on purpose: what is not as it was recorded is only told. */
  readonly unsealed?: boolean;
}

/**
 * Judges a stored run once more, by this version of the judge. Tables that are not there are made
 * again from what was recorded; stage durations are those of the run. A record that is not as it
 * was sealed leads to unknown.
 * @throws UserError where the folder holds no recorded run
 */
export async function judgeAgain(
  runFolder: string,
  { unsealed = false }: JudgeOptions = {},
): Promise<Verdict> {
  if (isUnstarted(runFolder)) return judgeUnstartedFolder(runFolder, oldTimings(runFolder));
  const lacking = judgeImagesOf(runFolder, oldTimings(runFolder));
  if (lacking) return lacking;
  const doubts = await makeReadable(runFolder);
  const judged = await judgeFolder(runFolder, oldTimings(runFolder)).catch((error: unknown) => {
    // A record that is not what was recorded may well not be read.
    if (doubts.length === 0 || error instanceof UserError) throw error;
    throw new UserError(`${runFolder}: ${doubts.map(doubtText).join('; ')}. Hint: ${putBack}`);
  });
  const verdict = unsealed ? withNotes(judged, doubts) : inDoubt(judged, doubts);
  const file = brokenFile(runFolder);
  if (!existsSync(file))
    return isToBeSealed(runFolder, readRun(runFolder))
      ? verdict
      : withNotes(verdict, [neverSealed]);
  const fix = 'write { "reason": "..." } into it';
  return brokenOff(verdict, readJson(file, brokenSchema, fix).reason);
}

const neverSealed: Doubt = {
  file: 'seal.json',
  what: 'is not there: recorded before runs were sealed, judged as it is',
};

/** Notes stand in every report. */
const withNotes = (verdict: Verdict, doubts: readonly Doubt[]): Verdict => ({
  ...verdict,
  fidelity: [...verdict.fidelity, ...doubts.map((doubt) => `not sealed: ${doubtText(doubt)}`)],
});

/**
 * Makes the tables of a stored run again where they are gone, were never made, or what they were
 * made of is not what it was.
 * @returns what of the record is not as the run left it
 */
export async function makeReadable(runFolder: string): Promise<readonly Doubt[]> {
  const raw = readRun(runFolder);
  loadJson(runFolder, 'answers');
  const isBroken = existsSync(brokenFile(runFolder));
  const doubts = isBroken ? [] : checkSeal(runFolder, raw);
  const { plan, pipeline } = understand(loadSource(runFolder));
  const isSealed = !isBroken && isToBeSealed(runFolder, raw);
  const isOther = isSealed && plan.hash !== raw.planHash;
  if (!isWhole(runFolder) || !areTablesCurrent(runFolder, raw)) {
    await reingest(runFolder, { anyPlan: isOther });
  }
  if (!isSealed) return [];
  // The sample application's pods are no collectors, and say other things.
  const quietTiers = new Set([
    appTier,
    ...pipeline.tiers.filter((t) => t.logsLittle).map((t) => t.name),
  ]);
  const known = { quietTiers, plannedBlocks: plan.blocks.length };
  return [
    ...doubts,
    ...(isOther ? [otherPlan(plan.hash, raw.planHash)] : []),
    ...findContradictions(runFolder, raw, known),
  ];
}

const otherPlan = (made: string, sent: string): Doubt => ({
  file: 'plan.json',
  what: `makes plan ${made.slice(0, 12)}, the run sent ${sent.slice(0, 12)}: it is edited, or another version of the bench drew it`,
});

function readRun(runFolder: string): RawRun {
  const raw = loadRaw(runFolder);
  if (raw) return raw;
  throw new UserError(`${runFolder}: run.json is missing; this run ended before it recorded any`);
}

/** Whether each file of evidence is as it was written: a copy or a full disk may cut it off. */
function isWhole(runFolder: string): boolean {
  const folder = evidenceFolder(runFolder);
  if (!existsSync(join(folder, 'facts.json'))) return false;
  return readdirSync(folder).every((name) => {
    if (name.endsWith('.json')) return isStored(join(folder, name));
    return !name.endsWith('.parquet') || isParquet(join(folder, name));
  });
}

/** Parquet begins and ends with four letters (format specification, "File format"). */
function isParquet(file: string): boolean {
  const bytes = readFileSync(file);
  return [bytes.subarray(0, 4), bytes.subarray(-4)].every((b) => b.toString('latin1') === 'PAR1');
}

/** Of a verdict that is replaced: a damaged one has none. */
function oldTimings(runFolder: string): Verdict['timings'] {
  const file = join(runFolder, 'verdict.json');
  return isReadable(file, timed) ? readJson(file, timed, '').timings : {};
}

/** All that is taken from a verdict of whatever version. */
const timed = schemaFor<Pick<Verdict, 'timings'>>()(
  z.object({ timings: z.record(z.string(), z.number()) }),
);
