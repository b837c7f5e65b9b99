import { join } from 'node:path';
import { readPipelineFiles } from '../pipeline-files.ts';
import { pipelinesFolder, readWorkerNodes } from '../prepare.ts';
import type { RunSource } from '../run-source.ts';

export type Edit = readonly [resource: string, path: string, value: unknown];

/** What a run would be made from, for a scenario that exists in the benchmark only. */
export const sourceOf = (text: string, edits: readonly Edit[] = []): RunSource => ({
  scenarioFile: { path: 'benchmark.yaml', text },
  pipelineName: 'two-tier',
  pipelineFiles: readPipelineFiles(join(pipelinesFolder, 'two-tier')),
  edits: edits.map(([name, path, value]) => ({
    resource: `OpenTelemetryCollector/${name}`,
    path,
    value,
    origin: 'benchmark',
  })),
  pipelineFolder: undefined,
  workerNodes: readWorkerNodes(),
  seed: 1,
  runtime: 'embedded',
});
