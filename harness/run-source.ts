import { join } from 'node:path';
import { z } from 'zod';
import type { ResourceEdit } from './pipeline/manifests.ts';
import type { Drawing } from './plan/types.ts';
import type { TextFile } from './shell/folder.ts';
import { readJson, schemaFor } from './shell/json.ts';

/** What is saved of a run before it starts: enough to judge it again, or to run it again. */
export interface RunSource {
  readonly scenarioFile: TextFile;
  readonly pipelineName: string;
  readonly pipelineFiles: readonly TextFile[];
  /** What its author says of the pipeline beside the manifests, where there is such a file. */
  readonly benchFile?: TextFile | undefined;
  /** What Grafana is provisioned with, where there is such a file beside the manifests. */
  readonly grafanaFile?: TextFile | undefined;
  /** Rules of Prometheus, where there is such a file beside the manifests. */
  readonly rulesFile?: TextFile | undefined;
  /** Whose Secrets are among the files, as the command line named it. */
  readonly valuesFile?: string | undefined;
  /** As the command line named it; undefined where it did not. */
  readonly pipelineFolder: string | undefined;
  readonly edits: readonly ResourceEdit[];
  readonly workerNodes: readonly string[];
  readonly seed: number;
  readonly runtime: 'embedded' | 'kind';
  /** Its version, where another collector than the pinned one was asked for. */
  readonly collector?: string | undefined;
  /** How the plan is drawn from the seed; runs that do not say so are of the first drawing. */
  readonly drawing?: Drawing;
  /** Keys of Secrets: whose values stand as digests in all that is saved, and whose do not. */
  readonly secrets?:
    | { readonly hidden: readonly string[]; readonly kept: readonly string[] }
    | undefined;
}

const textFile = z.object({ path: z.string(), text: z.string() });

/** `plan.json` */
const sourceSchema = schemaFor<RunSource>()(
  z.object({
    scenarioFile: textFile,
    pipelineName: z.string(),
    pipelineFiles: z.array(textFile).readonly(),
    benchFile: textFile.optional(),
    grafanaFile: textFile.optional(),
    rulesFile: textFile.optional(),
    valuesFile: z.string().optional(),
    pipelineFolder: z.string().optional(),
    edits: z
      .array(
        z.object({
          resource: z.string(),
          path: z.string(),
          // Whatever a manifest may hold at that path.
          value: z.unknown(),
          origin: z.string(),
        }),
      )
      .readonly(),
    workerNodes: z.array(z.string()).min(1).readonly(),
    seed: z.int().min(0),
    runtime: z.enum(['embedded', 'kind']),
    collector: z.string().optional(),
    drawing: z.int().min(1).optional(),
    secrets: z
      .object({ hidden: z.array(z.string()).readonly(), kept: z.array(z.string()).readonly() })
      .optional(),
  }),
);

/** What a stored run was made from. @throws UserError where that is damaged */
export const loadSource = (runFolder: string): RunSource =>
  readJson(join(runFolder, 'plan.json'), sourceSchema, 'record the run again');
