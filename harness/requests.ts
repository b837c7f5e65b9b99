import { parseEditValue } from './edit-value.ts';
import { mapAtOnce, throwProblems, UserError } from './lib/errors.ts';
import type { ResourceEdit } from './pipeline/manifests.ts';
import { comprehend, type RunRequest, readPipeline, readSource } from './prepare.ts';
import { type RuntimeName, runtimes } from './runtimes.ts';
import { findScenario, findTagged } from './scenarios.ts';

/** What a user asks to be run. */
export interface RunOptions {
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly runtime: RuntimeName;
  readonly pipelineFolder: string | undefined;
  readonly seed: number | undefined;
  readonly edits: readonly string[];
  readonly repeat: number;
}

/** What runs where nothing is named. */
const firstScenario = 'gateway-kill';

/**
 * Every run that the options ask for.
 * @throws UserError with every mistake of the options and of all files, before anything is started
 */
export function requestsOf(options: RunOptions, reportsFolder: string): RunRequest[] {
  const { names, tags, pipelineFolder, runtime, seed, repeat } = options;
  const edits: ResourceEdit[] = [];
  const files = new Set<string>();
  const requestOf = (scenarioFile: string, i: number): RunRequest => {
    const own = seed === undefined ? freshSeed() : seed + i;
    return { scenarioFile, pipelineFolder, edits, seed: own, runtime, reportsFolder };
  };
  const add = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    check(requestOf(file, 0));
  };
  const asked = names.length + tags.length > 0 ? names : [firstScenario];
  mapAtOnce(
    [
      ...options.edits.map((written) => () => void edits.push(parseEditValue(written))),
      () => void (pipelineFolder !== undefined && readPipeline(pipelineFolder)),
      ...asked.map((name) => () => add(findScenario(name))),
      ...tags.map((tag) => () => void mapAtOnce(findTagged(tag), add)),
    ],
    (step) => step(),
  );
  const requests = [...files].flatMap((file) =>
    Array.from({ length: repeat }, (_, i) => requestOf(file, i)),
  );
  if (requests.length === 0) throw new UserError('nothing to run. Hint: --repeat is at least 1');
  return requests;
}

/** @throws UserError with the mistakes of one scenario, its pipeline and both for a runtime */
function check(request: RunRequest): void {
  const { scenario, pipeline } = comprehend(readSource(request));
  throwProblems(runtimes[request.runtime].refusals(scenario, pipeline));
}

/** A seed that is short enough to be typed again. */
const freshSeed = (): number => Math.floor(Math.random() * 1_000_000);
