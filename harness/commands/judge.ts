import { type JudgeOptions, judgeAgain } from '../judge-folder.ts';
import { paint, renderConsole } from '../report/console.ts';
import { writeReports } from '../report-folder.ts';
import { findRun } from '../runs.ts';
import { exitCodes } from './done.ts';
import type { Host } from './host.ts';

/**
 * `bench judge <run>`: judges a stored run again from what it recorded, writes its reports anew and
 * prints the verdict. @returns the verdict's exit code
 */
export async function judgeCommand(
  reference: string,
  options: JudgeOptions,
  { reportsFolder, interactive, write }: Pick<Host, 'reportsFolder' | 'interactive' | 'write'>,
): Promise<number> {
  const runFolder = findRun(reference, reportsFolder);
  const verdict = await judgeAgain(runFolder, options);
  write(renderConsole(writeReports(runFolder, verdict), paint(interactive)));
  return exitCodes[verdict.verdict];
}
