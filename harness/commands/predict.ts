import { throwProblems, UserError } from '../lib/errors.ts';
import { formatCount, formatShare } from '../lib/units.ts';
import type { ClassPrediction, Prediction } from '../predict.ts';
import { leadsTo, predict } from '../predict.ts';
import { readSource, understand } from '../prepare.ts';
import { refuseReplaced } from '../requests.ts';
import { findScenarios } from '../scenarios.ts';
import type { Host } from './host.ts';
import { type ManifestOptions, requestFor } from './pipeline-options.ts';

type Scenario = ReturnType<typeof understand>['scenario'];

export interface PredictOptions extends ManifestOptions {
  readonly scenario: string;
  readonly against?: string;
  readonly seed: number;
}

/**
 * `bench predict <folder>`: what every policy of a pipeline answers to the traces of a scenario,
 * if each meets its sampler whole and in time; nothing runs. A unit test of a configuration: what
 * the scenario says is kept wholly, or not at all, is asked.
 *
 * @returns 0 where that holds, 1 where not, 2 where it is not known
 * @throws UserError where pipeline or scenario is refused
 */
export function predictCommand(
  folder: string,
  options: PredictOptions,
  { write }: Pick<Host, 'write'>,
): 0 | 1 | 2 {
  const { against } = options;
  const { scenario, predictions } = predictionsOf(folder, options);
  if (against !== undefined) {
    const others = predictionsOf(against, options).predictions;
    write(compared(predictions, others, folder, against));
    return 0;
  }
  const codes = predictions.map((prediction): 0 | 1 | 2 => {
    const { classes, ends, unclear } = prediction;
    write(
      `${scenario.name} on ${folder}: traces that are kept go to ${ends.join(', ') || 'nowhere'}\n`,
    );
    for (const why of unclear) write(`not known: ${why}\n`);
    for (const one of classes) write(`${tellClass(one)}\n`);
    return askKept(scenario, prediction, write);
  });
  return codes.includes(1) ? 1 : codes.includes(2) ? 2 : 0;
}

/** Way by way, as each of one pipeline has its like in the other. */
function compared(
  own: readonly Prediction[],
  others: readonly Prediction[],
  folder: string,
  against: string,
): string {
  const pairs = own.flatMap((prediction, i) => {
    const to = prediction.ends.join();
    const other = others.find(({ ends }) => ends.join() === to) ?? others[i];
    return other ? [differences(prediction, other, folder, against)] : [];
  });
  const more = own.length - others.length;
  const gone = more === 0 ? [] : [`${Math.abs(more)} ways ${more > 0 ? 'more' : 'fewer'}\n`];
  return [...new Set([...gone, ...pairs])].join('');
}

function predictionsOf(folder: string, options: PredictOptions) {
  const [scenarioFile] = findScenarios(options.scenario);
  if (scenarioFile === undefined) throw new UserError(`no scenario "${options.scenario}"`);
  // As a run would read it, with what the scenario sets.
  const source = readSource(requestFor(folder, { scenarioFile, seed: options.seed }, options));
  const { scenario, pipeline, plan } = understand(source);
  refuseReplaced(pipeline, options.strict);
  return { scenario, predictions: predict(pipeline, plan, source.workerNodes) };
}

function tellClass(one: ClassPrediction): string {
  const { name, traces, kept, notKept, filtered, open, filteredSpans, policies } = one;
  const share = (count: number): string => formatShare(count / Math.max(1, traces));
  const parts = [
    `${formatCount(kept)} kept (${share(kept)})`,
    ...(notKept > 0 ? [`${formatCount(notKept)} not`] : []),
    ...(filtered > 0 ? [`${formatCount(filtered)} filtered whole`] : []),
    ...(open > 0 ? [`${formatCount(open)} not known`] : []),
    ...(filteredSpans > 0 ? [`${formatCount(filteredSpans)} spans filtered`] : []),
    ...[...policies].map(([policy, count]) => `${formatCount(count)} by ${policy}`),
  ];
  return `  class ${name}: ${formatCount(traces)} traces: ${parts.join(', ')}`;
}

/** A share between all and none is a draw, of which so few traces say little. */
function askKept(
  { expect, place }: Scenario,
  prediction: Prediction,
  write: Host['write'],
): 0 | 1 | 2 {
  const { classes } = prediction;
  let code: 0 | 1 | 2 = 0;
  expect.forEach((item, i) => {
    if (item.check !== 'kept' || (item.share !== 0 && item.share !== 1)) return;
    const { at } = item;
    if (at !== undefined && !leadsTo(prediction, at)) return;
    const own = classes.find((one) => one.name === item.class);
    if (!own) {
      throwProblems([{ place: place(['expect', i]), message: `no class "${item.class}" is sent` }]);
      return;
    }
    const against = item.share === 1 ? own.notKept + own.filtered : own.kept;
    const isUnknown = against === 0 && (own.open > 0 || own.traces === 0);
    const how = against > 0 ? 'FAIL' : isUnknown ? 'UNKNOWN' : 'PASS';
    if (how === 'FAIL') code = 1;
    else if (how === 'UNKNOWN' && code === 0) code = 2;
    const wanted = item.share === 1 ? 'all' : 'none';
    write(
      `${how}  kept ${item.class}, ${wanted}: ${formatCount(own.kept)} of ${formatCount(own.traces)}\n`,
    );
  });
  return code;
}

/** By class, what becomes of the same traces on two pipelines, where that is not the same. */
function differences(one: Prediction, other: Prediction, folder: string, against: string): string {
  const lines = one.classes.flatMap((own) => {
    const before = other.classes.find(({ name }) => name === own.name);
    if (!before || tellClass(own) === tellClass(before)) return [];
    return [`${against}:${tellClass(before).slice(1)}`, `${folder}:${tellClass(own).slice(1)}`];
  });
  const ends = [other, one].map((prediction) => prediction.ends.join(', '));
  if (ends[0] !== ends[1]) lines.unshift(`kept traces go to ${ends[1]} instead of ${ends[0]}`);
  for (const why of [...other.unclear, ...one.unclear]) lines.unshift(`not known: ${why}`);
  return lines.length > 0 ? `${lines.join('\n')}\n` : 'nothing becomes of any class otherwise\n';
}
