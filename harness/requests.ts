import { parseEditValue } from './edit-value.ts';
import { mapAtOnce, throwProblems, UserError } from './lib/errors.ts';
import type { ResourceEdit } from './pipeline/manifests.ts';
import { replacedIn } from './pipeline/replaced.ts';
import type { Pipeline } from './pipeline/types.ts';
import { random, shuffle } from './plan/random.ts';
import { comprehend, type RunRequest, readPipeline, readSource } from './prepare.ts';
import { type RuntimeName, runtimes } from './runtimes.ts';
import { fileOf, findScenarios, findTagged, listScenarios, nameOf } from './scenarios.ts';

/** What a user asks to be run. */
export interface RunOptions {
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly runtime: RuntimeName;
  /** Another version of the collector than the pinned one. */
  readonly collector?: string | undefined;
  readonly pipelineFolder: string | undefined;
  /** Instead of the file beside the pipeline's folder. */
  readonly benchFile?: string | undefined;
  /** Secrets beside the manifests. */
  readonly valuesFile?: string | undefined;
  /** No exporter is replaced. */
  readonly strict?: boolean;
  readonly seed: number | undefined;
  readonly edits: readonly string[];
  readonly repeat: number;
  /** Tags that none of those with the tags may have. */
  readonly without?: readonly string[];
  /** How many of those with the tags, drawn by the seed; all where undefined. */
  readonly draw: number | undefined;
}

export interface Requested {
  readonly requests: readonly RunRequest[];
  /** What was drawn, and how to draw it again. */
  readonly drawn: string | undefined;
}

/** What runs where nothing is named. */
const firstScenario = 'gateway-kill';

/**
 * Every run that the options ask for.
 * @throws UserError with every mistake of the options and of all files, before anything is started
 */
export function requestsOf(options: RunOptions, reportsFolder: string): Requested {
  const { names, tags, pipelineFolder, benchFile, valuesFile, strict, repeat, draw } = options;
  const { runtime, collector } = options;
  // One seed for the draw and the plans, so that one number brings both again.
  const seed = options.seed ?? (draw === undefined ? undefined : freshSeed());
  const edits: ResourceEdit[] = [];
  const files = new Set<string>();
  const tagged = new Set<string>();
  const requestOf = (scenarioFile: string, i: number): RunRequest => {
    const own = seed === undefined ? freshSeed() : seed + i;
    const pipeline = { pipelineFolder, benchFile, valuesFile, strict: strict ?? false, edits };
    return { scenarioFile, ...pipeline, seed: own, runtime, collector, reportsFolder };
  };
  const add = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    check(requestOf(file, 0));
  };
  const asked = names.length + tags.length > 0 ? names : [firstScenario];
  let drawn: string | undefined;
  mapAtOnce(
    [
      () => checkCollector(options),
      ...options.edits.map((written) => () => void edits.push(parseEditValue(written))),
      () => void (pipelineFolder !== undefined && readPipeline(pipelineFolder)),
      ...asked.map((name) => () => void mapAtOnce(findScenarios(name), add)),
      ...tags.map((tag) => () => findTagged(tag).forEach((file) => void tagged.add(file))),
      () => withTags(options.without ?? []).forEach((file) => void tagged.delete(file)),
      () => {
        const chosen = draw === undefined ? [...tagged] : drawFrom(tagged, draw, seed ?? 0);
        if (draw !== undefined) drawn = drawnText(chosen, tagged.size, seed ?? 0);
        mapAtOnce(chosen, add);
      },
    ],
    (step) => step(),
  );
  const requests = [...files].flatMap((file) =>
    Array.from({ length: repeat }, (_, i) => requestOf(file, i)),
  );
  if (requests.length === 0) throw new UserError('nothing to run. Hint: --repeat is at least 1');
  return { requests, drawn };
}

/** @throws UserError for what is no version, and where the manifests say which collector runs */
function checkCollector({ collector, runtime }: RunOptions): void {
  if (collector === undefined) return;
  if (!/^\d+\.\d+\.\d+$/.test(collector)) {
    throw new UserError(
      `--collector: found "${collector}", expected a version of the contrib distribution, such as 0.151.0`,
    );
  }
  if (runtime === 'kind') {
    throw new UserError(
      `--collector ${collector}: in a cluster each pod runs the image that its manifest names. Hint: ` +
        '--set OpenTelemetryCollector/<name>:spec.image=<image>, or run it embedded',
    );
  }
}

/** None has a tag any more of which every one was mended: that is no mistake. */
const withTags = (tags: readonly string[]): string[] =>
  listScenarios().flatMap(({ name, scenario }) =>
    tags.some((tag) => scenario.tags.includes(tag)) ? [fileOf(name)] : [],
  );

/** So many of the files, by the seed; all where there are no more. */
function drawFrom(files: ReadonlySet<string>, count: number, seed: number): string[] {
  if (files.size === 0) throw new UserError('--draw: nothing to draw from. Hint: give a --tag');
  const order = Uint32Array.from({ length: files.size }, (_, i) => i);
  shuffle(order, random(seed, 'draw'));
  const sorted = [...files].sort();
  return [...order.subarray(0, count)].map((i) => sorted[i] ?? '').sort();
}

const drawnText = (files: readonly string[], of: number, seed: number): string =>
  `seed ${seed} drew ${files.length} of ${of}: ${files.map(nameOf).join(', ')}`;

/**
 * What a run would be made from.
 * @throws UserError with the mistakes of one scenario, its pipeline and both for a runtime
 */
export function check(request: RunRequest): ReturnType<typeof comprehend> {
  const comprehended = comprehend(readSource(request));
  const { scenario, pipeline } = comprehended;
  throwProblems(runtimes[request.runtime].refusals(scenario, pipeline));
  refuseReplaced(pipeline, request.strict);
  return comprehended;
}

/** @throws UserError naming each exporter that was replaced, where none may be */
export function refuseReplaced(pipeline: Pipeline, strict: boolean | undefined): void {
  if (strict) throwProblems(replacedIn(pipeline));
}

/** A seed that is short enough to be typed again. */
const freshSeed = (): number => Math.floor(Math.random() * 1_000_000);
