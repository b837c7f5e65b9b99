import type { Problem } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { spanForms } from '../lib/span-forms.ts';
import { isCalled } from '../pipeline/called.ts';
import { entryTierOf, scrapedOf, spanFormOf } from '../pipeline/entry.ts';
import type { Pipeline, Signal } from '../pipeline/types.ts';
import type { ExpectationOf, Scenario } from '../scenario/types.ts';
import { fitToSidecars } from './sidecars.ts';

/** A scenario as one pipeline can be asked it. */
export interface Fitted {
  readonly scenario: Scenario;
  /** What of the scenario is not asked of this pipeline, and why; the report lists it. */
  readonly leftOut: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Fits a scenario to the pipeline that runs it: roles become tiers. Of a pipeline that the scenario
 * was not written for, nobody asks what another promised, what can't be decided by it, or signals
 * that it does not take.
 *
 * @param isForeign the command line names the pipeline, not the scenario
 */
export function fitToPipeline(scenario: Scenario, pipeline: Pipeline, isForeign: boolean): Fitted {
  const { load, leftOut: unsent, problems: misfits } = fitToSidecars(scenario, pipeline, isForeign);
  const named = { ...withTiers(scenario, pipeline), load: unlessScraped(load, pipeline) };
  if (!isForeign) {
    const problems = [...misfits, ...strangers(named, pipeline)];
    return { scenario: named, leftOut: unsent, problems };
  }
  const expected = ownExpectations(named, pipeline);
  const sent = takenSignals(named, pipeline);
  const leftOut = [...unsent, ...sent.leftOut, ...expected.leftOut];
  const nothing = expected.expect.length > 0 ? [] : [nothingLeft(scenario, pipeline)];
  const problems = [...misfits, ...nothing];
  return { scenario: { ...named, expect: expected.expect, load: sent.load }, leftOut, problems };
}

/** What is scraped is not sent: how often is what the pipeline says. */
const unlessScraped = (load: Scenario['load'], pipeline: Pipeline): Scenario['load'] =>
  scrapedOf(pipeline) ? load.map((own) => ({ ...own, metricsEveryMs: 0 })) : load;

/** `sampler/0`: a tier's own name goes before a role. */
function withTiers(scenario: Scenario, { tiers, roles, backends }: Pipeline): Scenario {
  const tierOf = (name: string): string =>
    tiers.some((tier) => tier.name === name) ? name : (roles.get(name) ?? name);
  const kindOf = (backend: string): string =>
    backends.find((one) => isCalled(one, backend))?.kind ?? backend;
  return {
    ...scenario,
    faults: scenario.faults.map((fault) => {
      const { backend, tier } = fault.target;
      const named = backend === undefined ? tierOf(tier) : kindOf(backend);
      const from = fault.kind === 'partition' ? { from: tierOf(fault.from) } : {};
      return { ...fault, ...from, target: { ...fault.target, tier: named } } as typeof fault;
    }),
    expect: scenario.expect.map((item) =>
      'tier' in item && item.tier !== undefined ? { ...item, tier: tierOf(item.tier) } : item,
    ),
  };
}

/** An expectation of a pipeline that the scenario does not even run. */
const strangers = ({ expect, place }: Scenario, { name }: Pipeline): Problem[] =>
  expect.flatMap(({ check, of }, i) => {
    if (of === undefined || of === name) return [];
    const hint = didYouMean(of, [name]);
    const message = `expectation ${check} is of pipeline "${of}", the scenario runs "${name}"`;
    return { place: place(['expect', i, 'of']), message, ...(hint ? { hint } : {}) };
  });

function ownExpectations({ expect }: Scenario, pipeline: Pipeline) {
  const leftOut = new Map<string, string[]>();
  const isSampled = pipeline.tiers.some(({ tailSampling }) => tailSampling);
  const own = expect.filter((item) => {
    const why =
      item.of !== undefined && item.of !== pipeline.name
        ? `promised by ${item.of} alone`
        : item.check === 'decided' && !isSampled
          ? 'the pipeline has no tail_sampling'
          : item.check === 'correlated'
            ? withoutLinks(item.link, pipeline)
            : item.check === 'leaked' && spanFormOf(pipeline)
              ? 'no canaries are sent'
              : undefined;
    if (why === undefined) return true;
    const what = item.check === 'kept' ? `kept ${item.class}` : item.check;
    leftOut.set(why, [...(leftOut.get(why) ?? []), what]);
    return false;
  });
  const told = [...leftOut].map(([why, what]) => `not asked: ${what.join(', ')} (${why})`);
  return { expect: own, leftOut: told };
}

function withoutLinks(
  link: ExpectationOf<'correlated'>['link'],
  pipeline: Pipeline,
): string | undefined {
  if (!pipeline.links) return `no ${pipeline.name}.grafana.yaml beside the folder`;
  const signal = link === 'exemplar-to-trace' ? 'metrics' : 'logs';
  return takes(pipeline, signal) ? undefined : `no pipeline takes ${signal} by OTLP`;
}

function takenSignals({ load }: Scenario, pipeline: Pipeline) {
  const takesLogs = takes(pipeline, 'logs');
  const takesMetrics = takes(pipeline, 'metrics');
  const leftOut = [
    ...(load.some(({ logsPerSpan }) => logsPerSpan > 0) && !takesLogs ? ['log records'] : []),
    ...(load.some((own) => own.metricsEveryMs > 0) && !takesMetrics ? ['metrics'] : []),
  ].map((what) => `not sent: ${what} (no pipeline takes them by OTLP)`);
  const inForm = spanFormOf(pipeline);
  if (inForm && load.some(({ canaries }) => canaries.length > 0)) {
    const { called } = spanForms[inForm.form];
    leftOut.push(
      `not sent: canaries (spans enter as ${called}, which has no place for all of them)`,
    );
  }
  return {
    load: load.map((own) => ({
      ...own,
      logsPerSpan: takesLogs ? own.logsPerSpan : 0,
      metricsEveryMs: takesMetrics ? own.metricsEveryMs : 0,
      canaries: inForm ? [] : own.canaries,
    })),
    leftOut,
  };
}

/** There is a tier by which applications send the signal. */
const takes = (pipeline: Pipeline, signal: Signal): boolean =>
  entryTierOf(pipeline, signal) !== undefined;

function nothingLeft({ name, place }: Scenario, pipeline: Pipeline): Problem {
  const message = `nothing that scenario "${name}" expects is asked of pipeline "${pipeline.name}"`;
  const hint = 'run a scenario that expects something of any pipeline, such as steady';
  return { place: place(['expect']), message, hint };
}
