import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEvidence } from './evidence/view.ts';
import { judge } from './judge/judge.ts';
import type { Verdict } from './judge/types.ts';
import { loadSource, understand } from './prepare.ts';

/**
 * Judges a stored run from its plan and its saved evidence alone, and writes `verdict.json` and
 * `timeline.json`.
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
    const verdict = { ...judgement.verdict, timings };
    writeFileSync(join(runFolder, 'timeline.json'), JSON.stringify(judgement.timeline));
    saveVerdict(runFolder, verdict);
    return verdict;
  } finally {
    evidence.close();
  }
}

/** Writes what CI jobs read. */
export function saveVerdict(runFolder: string, verdict: Verdict): void {
  writeFileSync(join(runFolder, 'verdict.json'), `${JSON.stringify(verdict, undefined, 2)}\n`);
}
