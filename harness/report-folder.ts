import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readSamples } from './evidence/samples.ts';
import { timelineSchema } from './judge/timeline.schema.ts';
import type { Timeline } from './judge/timeline.ts';
import type { Verdict } from './judge/types.ts';
import { type Report, renderHtml } from './report/html.ts';
import { renderJson } from './report/json.ts';
import { renderJunit } from './report/junit.ts';
import { renderMarkdown } from './report/markdown.ts';
import { podLoads } from './report/pod-load.ts';
import { folderBytes } from './shell/folder.ts';
import { readJson } from './shell/json.ts';

/** What a run's verdict is written as; each is a file of its folder. */
const renderers: Readonly<Record<string, (report: Report) => string>> = {
  'report.html': renderHtml,
  'report.md': renderMarkdown,
  'junit.xml': renderJunit,
  'verdict.json': ({ verdict }) => renderJson(verdict),
};

/**
 * Writes every report of a judged run into its folder, each whole or not at all. After a pass the
 * plan's blocks are dropped: they can be made again from the seed.
 *
 * @returns what the reports were made from, for the console
 */
export function writeReports(runFolder: string, verdict: Verdict): Report {
  if (verdict.verdict === 'pass') {
    rmSync(join(runFolder, 'blocks'), { recursive: true, force: true });
  }
  const timeline = readTimeline(runFolder);
  const samples = readSamples(runFolder);
  const report = {
    verdict,
    timeline,
    loads: samples && timeline ? podLoads(samples, timeline.startMs) : undefined,
    folder: relative(process.cwd(), runFolder),
    folderBytes: folderBytes(runFolder),
  };
  for (const [name, render] of Object.entries(renderers)) {
    writeWhole(join(runFolder, name), render(report));
  }
  return report;
}

const fix = 'judge the run again: npm run bench -- judge <run>';

/** What the judge left beside the verdict; undefined where it never came to that. */
function readTimeline(runFolder: string): Timeline | undefined {
  const file = join(runFolder, 'timeline.json');
  return existsSync(file) ? readJson<Timeline>(file, { schema: timelineSchema }, fix) : undefined;
}

/** A reader sees the old file or the new one, never half of one. */
function writeWhole(file: string, text: string): void {
  const half = `${file}.half`;
  writeFileSync(half, text);
  renameSync(half, file);
}
