import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { graphOf } from '../judge/graph.ts';
import { messageOf, UserError } from '../lib/errors.ts';
import { graphFile } from '../report/html-graph.ts';
import { check } from '../requests.ts';
import { fileOf } from '../scenarios.ts';
import { isFolder, namesIn } from '../shell/folder.ts';
import { gapsOf, showPipeline } from '../show-pipeline.ts';
import type { Host } from './host.ts';
import { type ManifestOptions, requestFor } from './pipeline-options.ts';

/** What a pipeline is asked that nobody wrote a scenario for. */
const anyScenario = 'steady';

/** A folder as a run of any scenario would take it. @throws UserError where that is refused */
export const understoodFolder = (
  folder: string,
  options: ManifestOptions,
): ReturnType<typeof check> =>
  check(requestFor(folder, { scenarioFile: fileOf(anyScenario), seed: 1 }, options));

/**
 * `bench show <folder>`: a pipeline as the bench understood it.
 * @param svgFile gets a picture of it
 * @throws UserError where it is refused
 */
export function showCommand(
  folder: string,
  options: ManifestOptions,
  { write }: Pick<Host, 'write'>,
  svgFile?: string | undefined,
): void {
  const { pipeline, said } = understoodFolder(folder, options);
  write(showPipeline(pipeline, said));
  if (svgFile === undefined) return;
  writeFileSync(svgFile, graphFile(graphOf(pipeline)));
  write(`picture: ${svgFile}\n`);
}

/**
 * `bench show --all <folder>`: of each folder in it whether it is accepted, and why not.
 * @returns 0 where all are, else 1
 * @throws UserError where it has no folder in it
 */
export function showAllCommand(
  folder: string,
  options: ManifestOptions,
  { write }: Pick<Host, 'write'>,
): 0 | 1 {
  const names = isFolder(folder) ? namesIn(folder) : [];
  const folders = names.filter((name) => isFolder(join(folder, name)));
  if (folders.length === 0) {
    const hint = 'name the folder that holds the folders of several pipelines';
    throw new UserError(`${folder}: no folder in it. Hint: ${hint}`);
  }
  const reasons = new Map<string, number>();
  let accepted = 0;
  for (const name of folders) {
    try {
      const gaps = gapsOf(understoodFolder(join(folder, name), options).pipeline);
      accepted++;
      write(`accepted  ${name}${gaps.length === 0 ? '' : ` (${gaps.length} open: ${gaps[0]})`}\n`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const [first = messageOf(error)] = error.mistakes;
      write(`refused   ${name}: ${first}\n`);
      const kind = kindOfMistake(first);
      reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
    }
  }
  write(`${accepted} of ${folders.length} accepted\n`);
  for (const [reason, count] of [...reasons].toSorted((a, b) => b[1] - a[1])) {
    write(`${String(count).padStart(5)} refused: ${reason}\n`);
  }
  return accepted === folders.length ? 0 : 1;
}

/** A mistake without its place, its names and its hint: what several have in common. */
const kindOfMistake = (mistake: string): string =>
  mistake
    .replace(/^\S+?(:\d+:\d+|:) /, '')
    .replace(/(; known: |\.? Hint: )[\s\S]*$/, '')
    .replace(/"[^"]*"/g, '"…"');
