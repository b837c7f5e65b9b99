import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { hideSecrets } from './hide-secrets.ts';
import { findingKinds } from './judge/findings.ts';
import { type Place, throwProblems, UserError, withMistakesOf } from './lib/errors.ts';
import { didYouMean } from './lib/nearest.ts';
import { parseYaml } from './lib/yaml.ts';
import { saidOfPorts } from './pipeline/backends.ts';
import { readBenchFile } from './pipeline/bench-file.ts';
import { loadPipeline } from './pipeline/load.ts';
import type { ResourceEdit } from './pipeline/manifests.ts';
import { saidOfSpread } from './pipeline/spread.ts';
import type { Pipeline } from './pipeline/types.ts';
import { readPipelineFiles, readStandardInput, standardInput } from './pipeline-files.ts';
import { buildPlan, type PlanContext } from './plan/build.ts';
import { saidOfEntries } from './plan/entries.ts';
import { fitToPipeline } from './plan/fit.ts';
import { namespaceOfSidecars, podsWithSidecar } from './plan/sidecars.ts';
import { currentDrawing, type Plan } from './plan/types.ts';
import { checkAgainstPipeline } from './plan/validate.ts';
import type { RunSource } from './run-source.ts';
import { pipelineNamedIn, readScenario } from './scenario/decode.ts';
import type { Scenario } from './scenario/types.ts';
import { createRunFolder, isFolder, readTextFile, type TextFile } from './shell/folder.ts';
import type { HiddenForm } from './tap/hide.ts';
import { readValuesFile } from './values-file.ts';

/** Everything that a run is made from, read and understood; nothing is started yet. */
export interface PreparedRun {
  readonly runId: string;
  readonly runFolder: string;
  readonly scenario: Scenario;
  readonly pipeline: Pipeline;
  readonly plan: Plan;
  /** What the hosts were taken for, and what of the scenario is not asked of this pipeline. */
  readonly said: readonly string[];
  readonly workerNodes: readonly string[];
  /** As it is saved: without the values of Secrets, which the pipeline alone has. */
  readonly source: RunSource;
  /** What nothing that is saved may hold. */
  readonly hidden: readonly HiddenForm[];
}

export interface RunRequest {
  readonly scenarioFile: string;
  /** Replaces the scenario's own pipeline. */
  readonly pipelineFolder: string | undefined;
  /** Read instead of the file beside the pipeline's folder. */
  readonly benchFile?: string | undefined;
  /** Secrets beside the manifests. */
  readonly valuesFile?: string | undefined;
  /** Exporters that the program lacks are refused, not replaced. */
  readonly strict?: boolean;
  readonly edits: readonly ResourceEdit[];
  readonly seed: number;
  readonly runtime: 'embedded' | 'kind';
  /** The version of the collector, where it is another than the pinned one. */
  readonly collector?: string | undefined;
  readonly reportsFolder: string;
}

const root = join(import.meta.dirname, '..');
export const pipelinesFolder = join(root, 'fixtures', 'pipelines');
export const kindConfigFile = join(root, 'kind-config.yaml');

/**
 * Reads scenario and pipeline.
 * @throws UserError where one of them can't be read, with what else is known to be wrong by then
 */
export function readSource(request: RunRequest): RunSource {
  const { pipelineFolder } = request;
  const scenarioFile = readTextFile(request.scenarioFile);
  const { scenario, problems } = withMistakesOf(
    () => readScenario(scenarioFile.path, scenarioFile.text, findingKinds),
    () => checkPipelineOf(scenarioFile, request),
  );
  const pipeline = withMistakesOf(
    () =>
      pipelineFolder === undefined
        ? readPipeline(scenario.pipeline, scenario.place(['pipeline']))
        : readPipeline(pipelineFolder),
    () => throwProblems(problems),
  );
  const { benchFile, valuesFile } = request;
  const values = valuesFile === undefined ? [] : [readValuesFile(valuesFile)];
  return {
    scenarioFile,
    ...pipeline,
    pipelineFiles: [...pipeline.pipelineFiles, ...values],
    ...(valuesFile === undefined ? {} : { valuesFile }),
    ...(benchFile === undefined ? {} : { benchFile: readTextFile(benchFile) }),
    pipelineFolder,
    edits: [...scenario.set, ...request.edits],
    workerNodes: readWorkerNodes(),
    seed: request.seed,
    runtime: request.runtime,
    ...(request.collector === undefined ? {} : { collector: request.collector }),
    drawing: currentDrawing,
  };
}

/** What can be said of the pipeline that belongs to a scenario that can't be read. */
function checkPipelineOf({ path, text }: TextFile, { pipelineFolder, edits }: RunRequest): void {
  const named = pipelineNamedIn(path, text);
  if (pipelineFolder === undefined && !named) return;
  const pipeline =
    pipelineFolder === undefined
      ? readPipeline(named?.name ?? '', named?.place)
      : readPipeline(pipelineFolder);
  loadSourcePipeline({ ...pipeline, edits });
}

/**
 * Reads a pipeline that comes with the bench, a folder, or what is piped in (`-`).
 * @param place where a scenario names it; the command line does so elsewhere
 * @throws UserError where it is neither, or can't be read
 */
export function readPipeline(written: string, place?: Place): Omit<PipelineSource, 'edits'> {
  if (written === standardInput) {
    return { pipelineName: 'standard-input', pipelineFiles: [readStandardInput()] };
  }
  const known = readdirSync(pipelinesFolder).filter((name) =>
    isFolder(join(pipelinesFolder, name)),
  );
  const folder = known.includes(written) ? join(pipelinesFolder, written) : written;
  if (isFolder(folder)) {
    const bench = fileBeside(folder, 'bench');
    const grafana = fileBeside(folder, 'grafana');
    const rules = fileBeside(folder, 'rules');
    return {
      pipelineName: basename(resolve(folder)),
      pipelineFiles: readPipelineFiles(folder),
      ...(bench === undefined ? {} : { benchFile: readTextFile(bench) }),
      ...(grafana === undefined ? {} : { grafanaFile: readTextFile(grafana) }),
      ...(rules === undefined ? {} : { rulesFile: readTextFile(rules) }),
    };
  }
  const message = `"${written}" is neither a pipeline of the bench nor a folder`;
  const hint = didYouMean(basename(written), known);
  if (place) throwProblems([{ place, message, known, ...(hint ? { hint } : {}) }]);
  const hinted = hint ? `. Hint: ${hint}` : '';
  throw new UserError(`--pipeline: ${message}; known: ${known.join(', ')}${hinted}`);
}

/** `two-tier.bench.yaml` beside the folder `two-tier`: `kubectl apply -f` never takes it. */
function fileBeside(folder: string, what: 'bench' | 'grafana' | 'rules'): string | undefined {
  // As it was written, so that messages name it so.
  const file = `${/\/\.{0,2}$|^\.{1,2}$/.test(folder) ? resolve(folder) : folder}.${what}.yaml`;
  return existsSync(file) ? file : undefined;
}

/** Names of the worker nodes that `kind-config.yaml` makes. */
export function readWorkerNodes(): string[] {
  const [document] = parseYaml(kindConfigFile, readFileSync(kindConfigFile, 'utf8')).documents;
  const config = document?.value as { name?: string; nodes?: { role?: string }[] } | undefined;
  const workers = (config?.nodes ?? []).filter((node) => node.role === 'worker').length;
  if (workers === 0) throw new UserError('kind-config.yaml: no node with role worker');
  const name = config?.name ?? 'kind';
  return Array.from({ length: workers }, (_, i) => `${name}-worker${i === 0 ? '' : i + 1}`);
}

/** Scenario and pipeline, checked each and against each other. @throws UserError */
export function comprehend(source: RunSource): {
  scenario: Scenario;
  pipeline: Pipeline;
  context: PlanContext;
  said: readonly string[];
} {
  const { path, text } = source.scenarioFile;
  const { scenario, problems } = readScenario(path, text, findingKinds);
  const comprehended = withMistakesOf(
    () => comprehendPipeline(source, scenario),
    () => throwProblems(problems),
  );
  throwProblems(problems);
  return comprehended;
}

type PipelineSource = Pick<
  RunSource,
  'pipelineName' | 'pipelineFiles' | 'benchFile' | 'grafanaFile' | 'rulesFile' | 'edits'
>;

/** @throws UserError naming the mistakes of the manifests and of the files beside them */
function loadSourcePipeline({
  pipelineName,
  pipelineFiles,
  benchFile,
  grafanaFile,
  rulesFile,
  edits,
}: PipelineSource): Pipeline {
  const bench = benchFile && readBenchFile(benchFile.path, benchFile.text);
  return loadPipeline(pipelineName, pipelineFiles, edits, bench, grafanaFile, rulesFile);
}

/** @throws UserError naming the mistakes of the pipeline, or where the scenario does not fit it */
function comprehendPipeline(source: RunSource, written: Scenario): ReturnType<typeof comprehend> {
  const pipeline = loadSourcePipeline(source);
  const isForeign = source.pipelineFolder !== undefined;
  const { scenario, leftOut, problems } = fitToPipeline(written, pipeline, isForeign);
  const podsOfTier = (name: string): number => {
    const workload = pipeline.tiers.find((tier) => tier.name === name)?.workload;
    if (workload?.kind === 'sidecar') return podsWithSidecar(workload, scenario.load);
    return workload?.kind === 'daemonset' ? source.workerNodes.length : (workload?.replicas ?? 0);
  };
  throwProblems([...problems, ...checkAgainstPipeline(scenario, pipeline, podsOfTier)]);
  const context = {
    workerNodes: source.workerNodes.length,
    podsOfTier,
    namespace: namespaceOfSidecars(pipeline),
  };
  const said = [
    ...pipeline.guessed,
    ...saidOfPorts(pipeline),
    ...saidOfSpread(pipeline),
    ...saidOfEntries(pipeline),
    ...saidOfLinks(pipeline),
    ...leftOut,
    ...saidOfSecrets(source),
  ];
  return { scenario, pipeline, context, said };
}

/** What Grafana makes of its file that its author may not know. */
const saidOfLinks = ({ grafana, links }: Pipeline): string[] => {
  if (!links) return [];
  const guessed = `links are made as Grafana ${links.version.text} makes them; say grafana: in the bench file`;
  return [
    ...(grafana === undefined ? [guessed] : []),
    ...links.expanded.map(
      ({ written, place: { file, line } }) =>
        `${file}:${line}: ${written} is taken from Grafana's environment, here for empty; a dollar sign is written $$`,
    ),
  ];
};

const saidOfSecrets = ({ secrets = { hidden: [], kept: [] } }: RunSource): string[] => {
  const { hidden, kept } = secrets;
  const values = hidden.map((name) => `${name}: its value stands as a digest in all that is saved`);
  const why = 'short, in the open elsewhere, or read by the planner';
  return [...values, ...kept.map((name) => `${name}: its value is saved as it is (${why})`)];
};

/**
 * Builds scenario, pipeline and plan from their source: the same for a run and for judging it
 * again.
 */
export function understand(source: RunSource): {
  scenario: Scenario;
  pipeline: Pipeline;
  plan: Plan;
  said: readonly string[];
} {
  const { scenario, pipeline, context, said } = comprehend(source);
  const { seed, drawing = 1 } = source;
  if (drawing > currentDrawing) {
    const fix = 'judge it with the version that recorded it';
    throw new UserError(`plan.json: drawing ${drawing} is of a newer version of the bench; ${fix}`);
  }
  return { scenario, pipeline, plan: buildPlan(scenario, context, seed, drawing), said };
}

/** Plans a run and saves what it is made from: the plan is that of what is saved. */
export function prepareRun(request: RunRequest): PreparedRun {
  const written = readSource(request);
  const { pipeline } = comprehend(written);
  const { source, hidden } = hideSecrets(written, meaningOf, () => loadOf(written));
  const understood = understand(source);
  const moment = new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-');
  const runFolder = createRunFolder(
    request.reportsFolder,
    understood.scenario.name,
    `${moment}-${request.seed}`,
  );
  const runId = basename(runFolder);
  writeFileSync(join(runFolder, 'plan.json'), JSON.stringify(source, undefined, 1));
  const { workerNodes } = source;
  return { runId, runFolder, ...understood, pipeline, workerNodes, source, hidden };
}

function meaningOf(source: RunSource): unknown {
  const { scenario, pipeline } = comprehend(source);
  return { scenario, pipeline };
}

function loadOf(source: RunSource): unknown {
  const { scenario, plan } = understand(source);
  return [scenario.load, plan.templates, plan.pods];
}
