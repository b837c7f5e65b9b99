import type { Problem } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Scenario } from '../scenario/types.ts';
import { maxCanaries } from './templates.ts';

/** What can only be said of a scenario and its pipeline together. */
export function checkAgainstPipeline(scenario: Scenario, pipeline: Pipeline): Problem[] {
  const place = { file: scenario.file, line: 1, column: 1 };
  const problem = (message: string, more: Partial<Problem> = {}): Problem => ({
    place,
    message,
    ...more,
  });
  return [
    ...checkTargets(scenario, pipeline, problem),
    ...checkLate(scenario, pipeline, problem),
    ...checkEntry(pipeline, problem),
    ...scenario.load.flatMap((load) =>
      load.canaries.length > maxCanaries
        ? problem(
            `load "${load.name}" has ${load.canaries.length} canaries, at most ${maxCanaries} are planned`,
          )
        : [],
    ),
  ];
}

type Report = (message: string, more?: Partial<Problem>) => Problem;

function checkTargets(scenario: Scenario, pipeline: Pipeline, problem: Report): Problem[] {
  const known = pipeline.tiers.map((tier) => tier.name);
  const tiers = [
    ...scenario.faults.map((fault) => ({ name: fault.target.tier, what: `fault ${fault.kind}` })),
    ...scenario.expect.flatMap((e) =>
      (e.check === 'restarts' || e.check === 'oomKilled') && e.tier !== undefined
        ? { name: e.tier, what: `expectation ${e.check}` }
        : [],
    ),
  ];
  return tiers.flatMap(({ name, what }) => {
    if (known.includes(name)) return [];
    const hint = didYouMean(name, known);
    return problem(`${what} names tier "${name}", which the pipeline does not have`, {
      known,
      ...(hint ? { hint } : {}),
    });
  });
}

/**
 * Within this after decision_wait an arrival may or may not be in time: nothing could be said of
 * it.
 */
const tickMs = 2_000;

function checkLate(scenario: Scenario, pipeline: Pipeline, problem: Report): Problem[] {
  const waitMs = pipeline.tiers.find((tier) => tier.tailSampling)?.tailSampling?.decisionWaitMs;
  if (waitMs === undefined) return [];
  return scenario.load.flatMap(({ name, late }) => {
    if (!late || late.deliverAfterMs < waitMs || late.deliverAfterMs > waitMs + tickMs) return [];
    return problem(
      `load "${name}": late spans are delivered after ${late.deliverAfterMs} ms, within the tick of the decision (${waitMs} to ${waitMs + tickMs} ms)`,
      { hint: `deliverAfter above ${waitMs + tickMs}ms, or below ${waitMs}ms` },
    );
  });
}

/** The load goes in by OTLP over HTTP. */
function checkEntry(pipeline: Pipeline, problem: Report): Problem[] {
  const [entry] = pipeline.tiers;
  const otlp = entry?.components.find((c) => c.kind === 'receivers' && c.type === 'otlp');
  const protocols = otlp?.config.protocols as Record<string, unknown> | undefined;
  if (entry && protocols && 'http' in protocols) return [];
  return [
    problem(`tier "${entry?.name}" takes no OTLP over HTTP, by which the load goes in`, {
      ...(otlp ? { place: otlp.place } : {}),
      hint: 'add receivers.otlp.protocols.http, endpoint 0.0.0.0:4318',
    }),
  ];
}
