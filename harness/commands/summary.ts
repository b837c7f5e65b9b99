import { existsSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../lib/errors.ts';
import { type EndedRun, type RunsReport, renderRunsMarkdown, results } from '../report/runs.ts';
import { renderRunsHtml } from '../report/runs-html.ts';
import { verdictIn } from '../run-verdict.ts';
import { createRunFolder, pointLatestAt } from '../shell/folder.ts';
import { readJson, schemaFor } from '../shell/json.ts';
import type { Done } from './done.ts';

/** A run with how long it took, the second one included where it was confirmed. */
export interface Ended extends Done {
  readonly tookMs: number;
}

/** Beside the folders of scenarios; none has such a name. */
const summaries = '_summary';

export interface Invocation {
  readonly ended: readonly Ended[];
  readonly reportsFolder: string;
  readonly startMs: number;
  readonly tookMs: number;
  /** Of the first run; it tells invocations of one second apart. */
  readonly seed: number;
}

/** A row of `runs.json`; the folder is seen from that file's own. */
interface SavedRun {
  readonly name: string;
  readonly result: Done['result'];
  readonly folder?: string;
}

const runsSchema = schemaFor<readonly SavedRun[]>()(
  z
    .array(
      z.object({ name: z.string(), result: z.enum(results), folder: z.string().exactOptional() }),
    )
    .readonly(),
);

/**
 * Writes the page over all runs of an invocation, the same as Markdown, and which they were.
 * @returns the page's file
 */
export function writeSummary(invocation: Invocation): string {
  const { reportsFolder, startMs, seed } = invocation;
  const moment = new Date(startMs).toISOString().slice(0, 19).replace(/[:T]/g, '-');
  const folder = createRunFolder(reportsFolder, summaries, `${moment}-${seed}`);
  const report = { ...invocation, runs: invocation.ended.map((one) => endedRun(one, folder)) };
  const page = join(folder, 'summary.html');
  writeFileSync(page, renderRunsHtml(report));
  writeFileSync(join(folder, 'summary.md'), renderRunsMarkdown(report));
  writeFileSync(join(folder, 'runs.json'), `${JSON.stringify(savedOf(report), undefined, 1)}\n`);
  pointLatestAt(folder);
  return page;
}

const savedOf = ({ runs }: RunsReport): SavedRun[] =>
  runs.map(({ name, result, folder }) => ({
    name,
    result,
    ...(folder === undefined ? {} : { folder }),
  }));

function endedRun({ name, result, folder, other, tookMs }: Ended, from: string): EndedRun {
  return {
    name,
    result,
    tookMs,
    verdict: folder === '' ? undefined : verdictIn(folder),
    folder: folder === '' ? undefined : relative(from, resolve(folder)),
    other: other ? relative(from, resolve(other)) : undefined,
  };
}

/** The folder of the last page over several runs; undefined where there is none. */
export function latestSummary(reportsFolder: string): string | undefined {
  const latest = join(reportsFolder, summaries, 'latest');
  return existsSync(latest) ? latest : undefined;
}

/** What an invocation ran, as it was saved. @param folder that of the page over all */
export function readSummary(folder: string): readonly SavedRun[] {
  const file = join(folder, 'runs.json');
  if (!existsSync(file)) {
    throw new UserError(`${folder}: runs.json is missing. Hint: run several scenarios together`);
  }
  return readJson<readonly SavedRun[]>(file, runsSchema, 'run them again').map((run) =>
    run.folder === undefined ? run : { ...run, folder: join(folder, run.folder) },
  );
}
