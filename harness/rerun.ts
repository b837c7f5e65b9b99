import { basename, dirname, resolve } from 'node:path';
import { withValue } from './edit-value.ts';
import { standardInput } from './pipeline-files.ts';
import { pipelinesFolder } from './prepare.ts';
import { hidden, redact } from './report/redact.ts';
import type { RunSource } from './run-source.ts';
import { fileOf, scenarioNames } from './scenarios.ts';

/**
 * The command that runs the same again: same scenario, pipeline, edits, seed, runtime, collector.
 * The value of a Secret, and what looks like a secret, is hidden in it, and a comment says so.
 */
export function rerunOf(source: RunSource): string {
  const { scenarioFile, pipelineFolder, benchFile, valuesFile, edits, seed, runtime, collector } =
    source;
  const path = resolve(scenarioFile.path);
  const name = scenarioNames().find((known) => resolve(fileOf(known)) === path);
  const words = [
    (name && basename(name)) ?? scenarioFile.path,
    ...(pipelineFolder === undefined ? [] : ['--pipeline', pipelineFolder]),
    ...(isBeside(benchFile, pipelineFolder) ? [] : ['--bench', benchFile?.path ?? '']),
    ...(valuesFile === undefined ? [] : ['--values', valuesFile]),
    ...edits.flatMap((edit) =>
      edit.origin.startsWith(setOption) ? ['--set', writtenOf(edit)] : [],
    ),
    ...['--seed', String(seed)],
    // The default needs no word.
    ...(runtime === 'embedded' ? [] : ['--runtime', runtime]),
    ...(collector === undefined ? [] : ['--collector', collector]),
  ];
  const from = pipelineFolder === standardInput ? '<what renders the manifests> | ' : '';
  const line = redact(`${from}npm run scenario -- ${words.map(quoted).join(' ')}`);
  return line.includes(hidden) ? `${line} # write the secret where ${hidden} stands` : line;
}

function writtenOf({ resource, origin }: RunSource['edits'][number]): string {
  const written = origin.slice(setOption.length);
  return resource.startsWith('Secret/') ? withValue(written, hidden) : written;
}

/** A bench file that is found without being named, or none. */
const isBeside = (benchFile: RunSource['benchFile'], folder: string | undefined): boolean =>
  benchFile === undefined ||
  (folder === undefined
    ? resolve(dirname(benchFile.path)) === pipelinesFolder
    : resolve(benchFile.path) === `${resolve(folder)}.bench.yaml`);

/** How an edit of the command line says where it is from; a scenario's own names its file. */
export const setOption = '--set ';

/** For a shell: as it is where that means nothing to one. */
const quoted = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
