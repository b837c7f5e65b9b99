import { appendFileSync, existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { placeBehind } from '../expectation-place.ts';
import { annotationOf, annotationText } from '../report/annotations.ts';
import type { EndedRun } from '../report/runs.ts';
import { verdictIn } from '../run-verdict.ts';
import { resultOfCode } from './done.ts';
import type { Host } from './host.ts';
import { latestSummary, readSummary } from './summary.ts';

/** Files that GitHub reads when a step has ended; undefined elsewhere. */
export interface GithubFiles {
  readonly summaryFile: string | undefined;
  readonly outputFile: string | undefined;
}

/** GitHub takes a mebibyte of a step's summary. */
const mostSummaryBytes = 1_000_000;

/**
 * `bench github`: hands what was run last to GitHub: annotations at lines of scenarios and
 * manifests, the job's summary, the outputs `verdict` and `reports`.
 * @param code with what running it ended; it stands where that came to no summary
 */
export function githubCommand(
  code: number,
  files: GithubFiles,
  { reportsFolder, write }: Pick<Host, 'reportsFolder' | 'write'>,
): void {
  const result = resultOfCode(code);
  const folder = latestSummary(reportsFolder);
  const runs = folder === undefined ? [] : readSummary(realpathSync(folder)).map(runOf);
  const bad = runs.filter((run) => run.result !== 'pass');
  for (const run of bad) {
    const annotation = annotationOf(run, (check) =>
      run.folder === undefined ? undefined : placeBehind(run.folder, check),
    );
    if (annotation) write(`${annotationText(annotation)}\n`);
  }
  if (bad.length === 0 && code !== 0) {
    const message = 'It came to no run. What it said stands in the log of this step.';
    write(`${annotationText({ level: 'error', place: undefined, title: result, message })}\n`);
  }
  if (files.summaryFile !== undefined) appendFileSync(files.summaryFile, summaryOf(folder, bad));
  // A code that is no verdict's, and a fail whose every run was flaky.
  const isFlaky = result === 'fail' && !bad.some((run) => run.result === 'fail') && bad.length > 0;
  const outputs = { verdict: isFlaky ? 'flaky' : result, reports: reportsFolder };
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
  if (files.outputFile !== undefined) appendFileSync(files.outputFile, lines.join(''));
}

function runOf({ name, result, folder }: ReturnType<typeof readSummary>[number]): EndedRun {
  const verdict = folder === undefined ? undefined : verdictIn(folder);
  return { name, result, tookMs: verdict?.timings.total ?? 0, verdict, folder, other: undefined };
}

/** The page over all as Markdown, then the reports of what did not pass, as far as they fit. */
function summaryOf(folder: string | undefined, bad: readonly EndedRun[]): string {
  if (folder === undefined) return 'It came to no run.\n';
  const files = [
    join(folder, 'summary.md'),
    ...bad.flatMap((run) => (run.folder && run.verdict ? join(run.folder, 'report.md') : [])),
  ];
  let text = '';
  for (const file of files.filter(existsSync)) {
    const next = `${readFileSync(file, 'utf8')}\n`;
    if (Buffer.byteLength(text + next) > mostSummaryBytes) {
      return `${text}More is in the artifact: GitHub takes no longer summary.\n`;
    }
    text += next;
  }
  return text;
}
