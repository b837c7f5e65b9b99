import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { traceIdOf } from './evidence/ingest-planned.ts';
import type { ProbePlan } from './evidence/visibility.ts';
import { findingKinds } from './judge/findings.ts';
import { type Place, throwProblems, UserError, withMistakesOf } from './lib/errors.ts';
import { didYouMean } from './lib/nearest.ts';
import { parseYaml } from './lib/yaml.ts';
import { decide } from './pipeline/decide.ts';
import { loadPipeline } from './pipeline/load.ts';
import type { ResourceEdit } from './pipeline/manifests.ts';
import type { Pipeline } from './pipeline/types.ts';
import { buildPlan, type PlanContext } from './plan/build.ts';
import { random, shuffle } from './plan/random.ts';
import { currentDrawing, type Plan, spanFlags } from './plan/types.ts';
import { checkAgainstPipeline } from './plan/validate.ts';
import type { RunSource } from './run-source.ts';
import { pipelineNamedIn, readScenario } from './scenario/decode.ts';
import type { Scenario } from './scenario/types.ts';
import {
  createRunFolder,
  isFolder,
  readTextFile,
  readYamlFolder,
  type TextFile,
} from './shell/folder.ts';

/** Everything that a run is made from, read and understood; nothing is started yet. */
export interface PreparedRun {
  readonly runId: string;
  readonly runFolder: string;
  readonly scenario: Scenario;
  readonly pipeline: Pipeline;
  readonly plan: Plan;
  readonly workerNodes: readonly string[];
  readonly source: RunSource;
}

export interface RunRequest {
  readonly scenarioFile: string;
  /** Replaces the scenario's own pipeline. */
  readonly pipelineFolder: string | undefined;
  readonly edits: readonly ResourceEdit[];
  readonly seed: number;
  readonly runtime: 'embedded' | 'kind';
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
  return {
    scenarioFile,
    ...pipeline,
    pipelineFolder,
    edits: [...scenario.set, ...request.edits],
    workerNodes: readWorkerNodes(),
    seed: request.seed,
    runtime: request.runtime,
    drawing: currentDrawing,
  };
}

/** What can be said of the pipeline that belongs to a scenario that can't be read. */
function checkPipelineOf({ path, text }: TextFile, { pipelineFolder, edits }: RunRequest): void {
  const named = pipelineNamedIn(path, text);
  if (pipelineFolder === undefined && !named) return;
  const { pipelineName, pipelineFiles } =
    pipelineFolder === undefined
      ? readPipeline(named?.name ?? '', named?.place)
      : readPipeline(pipelineFolder);
  loadPipeline(pipelineName, pipelineFiles, edits);
}

/**
 * Reads a pipeline that comes with the bench, or a folder.
 * @param place where a scenario names it; the command line does so elsewhere
 * @throws UserError where it is neither, or can't be read
 */
export function readPipeline(
  written: string,
  place?: Place,
): Pick<RunSource, 'pipelineName' | 'pipelineFiles'> {
  const known = readdirSync(pipelinesFolder);
  const folder = known.includes(written) ? join(pipelinesFolder, written) : written;
  if (isFolder(folder)) {
    return { pipelineName: basename(resolve(folder)), pipelineFiles: readYamlFolder(folder) };
  }
  const message = `"${written}" is neither a pipeline of the bench nor a folder`;
  const hint = didYouMean(basename(written), known);
  if (place) throwProblems([{ place, message, known, ...(hint ? { hint } : {}) }]);
  const hinted = hint ? `. Hint: ${hint}` : '';
  throw new UserError(`--pipeline: ${message}; known: ${known.join(', ')}${hinted}`);
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
} {
  const { path, text } = source.scenarioFile;
  const { scenario, problems } = readScenario(path, text, findingKinds);
  const comprehended = withMistakesOf(
    () => comprehendPipeline(source, scenario),
    () => throwProblems(problems),
  );
  throwProblems(problems);
  return { scenario, ...comprehended };
}

/** @throws UserError naming the mistakes of the pipeline, or where the scenario does not fit it */
function comprehendPipeline(
  source: RunSource,
  scenario: Scenario,
): { pipeline: Pipeline; context: PlanContext } {
  const pipeline = loadPipeline(source.pipelineName, source.pipelineFiles, source.edits);
  const podsOfTier = (name: string): number => {
    const workload = pipeline.tiers.find((tier) => tier.name === name)?.workload;
    return workload?.kind === 'daemonset' ? source.workerNodes.length : (workload?.replicas ?? 0);
  };
  throwProblems(checkAgainstPipeline(scenario, pipeline, podsOfTier));
  return { pipeline, context: { workerNodes: source.workerNodes.length, podsOfTier } };
}

/**
 * Builds scenario, pipeline and plan from their source: the same for a run and for judging it
 * again.
 */
export function understand(source: RunSource): {
  scenario: Scenario;
  pipeline: Pipeline;
  plan: Plan;
} {
  const { scenario, pipeline, context } = comprehend(source);
  const { seed, drawing = 1 } = source;
  if (drawing > currentDrawing) {
    const fix = 'judge it with the version that recorded it';
    throw new UserError(`plan.json: drawing ${drawing} is of a newer version of the bench; ${fix}`);
  }
  return { scenario, pipeline, plan: buildPlan(scenario, context, seed, drawing) };
}

/** Plans a run and saves what it is made from. */
export function prepareRun(request: RunRequest): PreparedRun {
  const source = readSource(request);
  const understood = understand(source);
  const moment = new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-');
  const runFolder = createRunFolder(
    request.reportsFolder,
    understood.scenario.name,
    `${moment}-${request.seed}`,
  );
  const runId = basename(runFolder);
  writeFileSync(join(runFolder, 'plan.json'), JSON.stringify(source, undefined, 1));
  return { runId, runFolder, ...understood, workerNodes: source.workerNodes, source };
}

const probeCount = 24;

/** A few traces that the policies keep, to be asked for while the run goes on. */
export function probesOf({ plan, pipeline }: PreparedRun, startMs: number): ProbePlan[] {
  const sampling = pipeline.tiers.find((tier) => tier.tailSampling)?.tailSampling;
  const order = Uint32Array.from({ length: plan.traces.count }, (_, i) => i);
  shuffle(order, random(plan.seed, 'probes'));
  const lastSent = lastOnTimeSend(plan);
  const probes: ProbePlan[] = [];
  for (const trace of order) {
    if (probes.length === probeCount) break;
    const traceId = traceIdOf(plan, trace);
    if (sampling && !isKept(plan, trace, traceId, sampling)) continue;
    probes.push({ traceId, sentMs: startMs + (lastSent[trace] ?? 0) });
  }
  return probes;
}

function isKept(
  plan: Plan,
  trace: number,
  traceId: string,
  sampling: NonNullable<Pipeline['tiers'][number]['tailSampling']>,
): boolean {
  const first = plan.traces.firstSpan[trace] ?? 0;
  const spans = Array.from({ length: plan.traces.spanCount[trace] ?? 0 }, (_, i) => {
    const span = first + i;
    const template = plan.templates[plan.spans.template[span] ?? 0];
    return {
      statusCode: template?.statusCode ?? 0,
      startOffsetNanos: plan.spans.startOffsetNanos[span] ?? 0,
      endOffsetNanos: plan.spans.endOffsetNanos[span] ?? 0,
      attributes: template?.attributes,
      resource: undefined,
    };
  });
  // Health checks are kept by chance and filtered all the same: not worth asking for.
  const className = plan.classNames[plan.traces.classIndex[trace] ?? 0];
  return className !== 'health' && decide(sampling, traceId, spans).outcome === 'sampled';
}

function lastOnTimeSend(plan: Plan): Float64Array {
  const last = new Float64Array(plan.traces.count);
  for (const block of plan.blocks) {
    if (block.signal !== 'traces') continue;
    for (let i = block.from; i < block.to; i++) {
      const span = plan.spanOrder[i] ?? 0;
      if ((plan.spans.flags[span] ?? 0) & spanFlags.late) continue;
      const trace = plan.spans.trace[span] ?? 0;
      last[trace] = Math.max(last[trace] ?? 0, block.sendAtMs);
    }
  }
  return last;
}
