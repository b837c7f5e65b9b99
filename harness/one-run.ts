import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hideIn } from './hidden-data.ts';
import { addToHistory } from './history.ts';
import type { Verdict } from './judge/types.ts';
import { judgeBroken, judgeFolder } from './judge-folder.ts';
import { judgeImagesOf, judgeUnstartedFolder, saveUnready } from './judge-unstarted-folder.ts';
import { allocatorsOf } from './pipeline/allocator.ts';
import type { PreparedRun } from './prepare.ts';
import { paint, renderConsole } from './report/console.ts';
import { writeReports } from './report-folder.ts';
import { type RunHost, runScenario } from './run.ts';
import { isRecorded } from './runs.ts';
import { BudgetError, RunBroken } from './shell/budget.ts';
import { pointLatestAt } from './shell/folder.ts';
import type { Unready } from './stack/types.ts';
import { PodUnready } from './stack/unready.ts';

export interface OneRunHost extends RunHost {
  readonly interactive: boolean;
  readonly write: (text: string) => void;
}

/**
 * Runs one scenario, judges what it left and prints the verdict. A run that broke off is judged on
 * what it recorded, and can only be unknown; one whose pipeline did not come up has failed,
 * and so has, before it is started, one whose images lack what their configs name.
 *
 * @throws what stopped the run before anything was recorded, Interrupted, and what of the run
 *   could not be ended
 */
export async function runAndJudge(prepared: PreparedRun, host: OneRunHost): Promise<Verdict> {
  const { runFolder } = prepared;
  const lacking = judgeImagesOf(runFolder);
  if (lacking) return finish(lacking, runFolder, host);
  const startedMs = performance.now();
  const pidFile = join(runFolder, 'pid');
  writeFileSync(pidFile, String(process.pid));
  try {
    let verdict: Verdict | undefined;
    const { timings, left } = await runScenario(prepared, {
      ...host,
      keep: async (stack, soFar) => {
        if (!host.keep) return;
        verdict = await conclude(runFolder, startedMs, soFar, host);
        await host.keep(stack, soFar);
      },
    });
    verdict ??= await conclude(runFolder, startedMs, timings, host);
    // The verdict stands; that something of the run is still there must not go unnoticed.
    if (left.length > 0) throw new Error(left.join('\n'));
    return verdict;
  } catch (error) {
    const { hidden } = prepared;
    if (error instanceof Error) error.message = hideIn(error.message, hidden);
    if (error instanceof PodUnready && isOfPipeline(error.unready, prepared)) {
      saveUnready(runFolder, hideIn(error.unready, hidden));
      return finish(judgeUnstartedFolder(runFolder), runFolder, host);
    }
    if (!(error instanceof RunBroken) && !(error instanceof BudgetError)) throw error;
    return finish(await judgeBroken(runFolder, error), runFolder, host);
  } finally {
    rmSync(pidFile, { force: true });
    // A run that ended before it recorded any does not hide the one before it.
    if (isRecorded(runFolder)) pointLatestAt(runFolder);
  }
}

/** A backend that does not come up is the bench's trouble, not the pipeline's. */
const isOfPipeline = ({ tier }: Unready, { pipeline }: PreparedRun): boolean =>
  pipeline.tiers.some(({ name }) => name === tier) ||
  allocatorsOf(pipeline).some(({ host }) => host === tier);

async function conclude(
  runFolder: string,
  startedMs: number,
  timings: Verdict['timings'],
  host: OneRunHost,
): Promise<Verdict> {
  const judgingMs = performance.now();
  const verdict = await judgeFolder(runFolder, timings);
  const now = performance.now();
  const all = {
    ...timings,
    judge: Math.round(now - judgingMs),
    total: Math.round(now - startedMs),
  };
  return finish({ ...verdict, timings: all }, runFolder, host);
}

function finish(verdict: Verdict, runFolder: string, host: OneRunHost): Verdict {
  const report = writeReports(runFolder, verdict);
  pointLatestAt(runFolder);
  // A run's folder lies in that of its scenario, which lies in that of the reports.
  addToHistory(join(runFolder, '..', '..'), runFolder, verdict, Date.now());
  host.write(renderConsole(report, paint(host.interactive)));
  return verdict;
}
