import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Verdict } from './judge/types.ts';
import { judgeFolder, saveVerdict } from './judge-folder.ts';
import { messageOf } from './lib/errors.ts';
import type { PreparedRun } from './prepare.ts';
import { reingest } from './reingest.ts';
import { paint, renderConsole } from './report/console.ts';
import { type RunHost, runScenario } from './run.ts';
import { BudgetError, RunBroken } from './shell/budget.ts';

export interface OneRunHost extends RunHost {
  readonly interactive: boolean;
  readonly write: (text: string) => void;
}

/**
 * Runs one scenario, judges what it left and prints the verdict. A run that broke off is judged on
 * what it recorded, and can only be unknown.
 *
 * @throws what stopped the run before anything was recorded, and Interrupted
 */
export async function runAndJudge(prepared: PreparedRun, host: OneRunHost): Promise<Verdict> {
  const { runFolder } = prepared;
  const startedMs = performance.now();
  const pidFile = join(runFolder, 'pid');
  writeFileSync(pidFile, String(process.pid));
  try {
    const timings = await runScenario(prepared, host);
    const judgingMs = performance.now();
    const verdict = await judgeFolder(runFolder, timings);
    const now = performance.now();
    const all = {
      ...timings,
      judge: Math.round(now - judgingMs),
      total: Math.round(now - startedMs),
    };
    return finish({ ...verdict, timings: all }, prepared, host);
  } catch (error) {
    if (!(error instanceof RunBroken) && !(error instanceof BudgetError)) throw error;
    return finish(await judgeBroken(runFolder, error), prepared, host);
  } finally {
    rmSync(pidFile, { force: true });
  }
}

/** Missing evidence can only lead to unknown, whatever the rest would say. */
async function judgeBroken(runFolder: string, error: Error): Promise<Verdict> {
  if (!existsSync(join(runFolder, 'run.json'))) throw error;
  await reingest(runFolder).catch((cause: unknown) => {
    throw new Error(`${error.message}\n(and what was recorded can't be read: ${messageOf(cause)})`);
  });
  const verdict = await judgeFolder(runFolder);
  const check: Verdict['checks'][number] = {
    name: 'evidence',
    subject: 'run',
    verdict: 'unknown',
    expected: 'a run that goes to its end',
    observed: error.message,
    findings: [],
  };
  const checks = verdict.checks.map((c) => ({
    ...c,
    verdict: c.verdict === 'fail' ? ('unknown' as const) : c.verdict,
  }));
  return { ...verdict, verdict: 'unknown', checks: [check, ...checks] };
}

function finish(verdict: Verdict, { runFolder }: PreparedRun, host: OneRunHost): Verdict {
  saveVerdict(runFolder, verdict);
  // The blocks can be made again from the seed; after a pass nobody needs them.
  if (verdict.verdict === 'pass') {
    for (const name of ['blocks.bin', 'blocks.json'])
      rmSync(join(runFolder, name), { force: true });
  }
  const shown = relative(process.cwd(), runFolder);
  host.write(renderConsole(verdict, shown, paint(host.interactive)));
  return verdict;
}
