import type { Command } from 'commander';
import type { RunOptions } from '../requests.ts';
import { collect } from './arguments.ts';

type PipelineOptions = Pick<
  RunOptions,
  'pipelineFolder' | 'benchFile' | 'valuesFile' | 'strict' | 'edits'
>;

/** Adds what a command asks of the pipeline that it runs. */
export const withPipelineOptions = (command: Command): Command =>
  command
    .option('--pipeline <folder>', 'run on your own manifests; - reads them from standard input')
    .option('--bench <file>', 'what they are to the bench, instead of <folder>.bench.yaml')
    .option('--values <file>', 'Secrets that the manifests name and do not have; never saved')
    .option('--strict', 'refuse exporters in whose place OTLP would be put', false)
    .option('--set <resource:path=value>', 'edit the pipeline for this run', collect, []);

/** What was asked by them. */
export const pipelineOptionsOf = (options: Record<string, never>): PipelineOptions => ({
  pipelineFolder: options.pipeline,
  benchFile: options.bench,
  valuesFile: options.values,
  strict: options.strict ?? false,
  edits: options.set ?? [],
});
