import type { Command } from 'commander';
import { parseEditValue } from '../edit-value.ts';
import type { RunRequest } from '../prepare.ts';
import type { RunOptions } from '../requests.ts';
import { collect } from './arguments.ts';

type PipelineOptions = Pick<
  RunOptions,
  'pipelineFolder' | 'benchFile' | 'valuesFile' | 'strict' | 'edits'
>;

/** Adds what a command asks of the pipeline that it runs. */
export const withPipelineOptions = (command: Command): Command =>
  withManifestOptions(
    command.option(
      '--pipeline <folder>',
      'run on your own manifests; - reads them from standard input',
    ),
  );

/** Adds what a command asks of manifests that it is given. */
export const withManifestOptions = (command: Command): Command =>
  command
    .option('--bench <file>', 'what they are to the bench, instead of <folder>.bench.yaml')
    .option('--values <file>', 'Secrets that the manifests name and do not have; never saved')
    .option('--strict', 'refuse exporters in whose place another would be put', false)
    .option('--set <resource:path=value>', 'edit the pipeline for this run', collect, []);

/** What was asked by them. */
export const pipelineOptionsOf = (options: Record<string, never>): PipelineOptions => ({
  pipelineFolder: options.pipeline,
  benchFile: options.bench,
  valuesFile: options.values,
  strict: options.strict ?? false,
  edits: options.set ?? [],
});

/** The options as the command line names them. */
export interface ManifestOptions {
  readonly bench?: string;
  readonly values?: string;
  readonly strict?: boolean;
  readonly set?: readonly string[];
}

/** A folder, or a pipeline of the bench, as a run of a scenario would be asked for it. */
export function requestFor(
  pipelineFolder: string,
  { scenarioFile, seed }: Pick<RunRequest, 'scenarioFile' | 'seed'>,
  { bench, values, strict = false, set = [] }: ManifestOptions,
): RunRequest {
  const manifests = { pipelineFolder, benchFile: bench, valuesFile: values, strict };
  const edits = set.map(parseEditValue);
  return { scenarioFile, seed, edits, ...manifests, runtime: 'embedded', reportsFolder: '' };
}
