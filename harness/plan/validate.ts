import type { Problem } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { formatCount } from '../lib/units.ts';
import { isCalled } from '../pipeline/called.ts';
import { resolversOf } from '../pipeline/resolvers.ts';
import type { Backend, Pipeline, Signal } from '../pipeline/types.ts';
import { askedAt } from '../scenario/asked-at.ts';
import type { Scenario } from '../scenario/types.ts';
import { classNamesOf, podsOfServices } from './build.ts';
import { checkEntries } from './entries.ts';
import { checkScales, podsBefore } from './scales.ts';
import { checkStrips } from './strips.ts';
import { countTemplates, maxCanaries } from './templates.ts';

const mostOfByte = 256;
const mostOfWord = 65_536;

/**
 * What can only be said of a scenario and its pipeline together.
 * @param podsOfTier how many pods each tier has
 */
export function checkAgainstPipeline(
  scenario: Scenario,
  pipeline: Pipeline,
  podsOfTier: (tier: string) => number,
): Problem[] {
  return [
    ...checkTiers(scenario, pipeline),
    ...checkBackends(scenario, pipeline),
    ...checkQueues(scenario, pipeline),
    ...checkBrokenBackends(scenario, pipeline),
    ...checkPods(scenario, pipeline, podsOfTier),
    ...checkScales(scenario, pipeline, podsOfTier),
    ...checkStrips(scenario),
    ...checkMemoryLimits(scenario, pipeline),
    ...checkLate(scenario, pipeline),
    ...checkEntries(scenario, pipeline),
    ...checkLinks(scenario, pipeline),
    ...checkAlerts(scenario, pipeline),
    ...checkStartRace(scenario, pipeline),
    ...checkCanaries(scenario),
    ...checkRoom(scenario),
  ];
}

/** What the columns of a plan have room for. */
function checkRoom({ load, place }: Scenario): Problem[] {
  const classes = classNamesOf(load).length;
  const counts: [string, number, number][] = [
    ['loads', load.length, mostOfByte],
    ['classes', classes, mostOfByte],
    ['pods', [...podsOfServices(load).values()].reduce((sum, n) => sum + n, 0), mostOfWord],
    ['kinds of spans (spans of a trace x classes)', countTemplates(load, classes), mostOfWord],
  ];
  return counts.flatMap(([what, count, most]) => {
    if (count <= most) return [];
    const message = `${formatCount(count)} ${what}, at most ${formatCount(most)} are planned`;
    return { place: place(['load']), message };
  });
}

const checkCanaries = ({ load, place }: Scenario): Problem[] =>
  load.flatMap(({ name, canaries }, i) => {
    if (canaries.length <= maxCanaries) return [];
    const message = `load "${name}" has ${canaries.length} canaries, at most ${maxCanaries} are planned`;
    return { place: place(['load', i, 'canaries']), message };
  });

function checkTiers({ faults, expect, place }: Scenario, pipeline: Pipeline): Problem[] {
  const tiersAndRoles = [...pipeline.tiers.map((tier) => tier.name), ...pipeline.roles.keys()];
  const known = [...new Set(tiersAndRoles)];
  const tiers = [
    ...faults.flatMap(({ kind, target }, i) =>
      target.backend === undefined && kind !== 'strip'
        ? { name: target.tier, what: `fault ${kind}`, path: ['faults', i, kind] }
        : [],
    ),
    ...faults.flatMap((fault, i) =>
      fault.kind === 'partition'
        ? { name: fault.from, what: 'fault partition', path: ['faults', i, 'partition', 'from'] }
        : [],
    ),
    ...expect.flatMap((e, i) =>
      (e.check === 'restarts' || e.check === 'oomKilled') && e.tier !== undefined
        ? { name: e.tier, what: `expectation ${e.check}`, path: ['expect', i, e.check, 'tier'] }
        : [],
    ),
  ];
  return tiers.flatMap(({ name, what, path }) => {
    if (known.includes(name)) return [];
    const hint = didYouMean(name, known);
    const message = `${what} names tier "${name}", which the pipeline does not have`;
    return { place: place(path), message, known, ...(hint ? { hint } : {}) };
  });
}

/** Links stand in a file of Grafana's, and lead from and to what is sent. */
function checkLinks({ expect, load, place }: Scenario, { links, name }: Pipeline): Problem[] {
  return expect.flatMap((item, i): Problem[] => {
    const { check } = item;
    if (check !== 'correlated') return [];
    const own = place(['expect', i, check]);
    if (!links) {
      const message = `nothing tells what links Grafana has: ${name}.grafana.yaml is not beside the folder`;
      const hint = 'copy what Grafana is provisioned with, its list of datasources:, there';
      return [{ place: own, message, hint }];
    }
    if (item.link === 'exemplar-to-trace') {
      if (load.some(({ exemplars }) => exemplars)) return [];
      const hint = 'add metrics: { every: 1s, exemplars: true }';
      return [{ place: own, message: 'no load sends exemplars', hint }];
    }
    if (load.some(({ logsPerSpan }) => logsPerSpan > 0)) return [];
    return [{ place: own, message: 'no load sends logs', hint: 'add logs: { perSpan: 0.2 }' }];
  });
}

/** A backend that a fault names is one that something is sent to. */
function checkBrokenBackends({ faults, place }: Scenario, { backends }: Pipeline): Problem[] {
  const known = [...new Set(backends.map(({ host }) => host.split('.')[0] ?? host))];
  return faults.flatMap(({ kind, target: { backend } }, i) => {
    if (backend === undefined || backends.some((one) => isCalled(one, backend))) return [];
    const hint = didYouMean(backend, known);
    const message = `fault ${kind} names backend "${backend}", to which the pipeline sends nothing`;
    return { place: place(['faults', i, kind]), message, known, ...(hint ? { hint } : {}) };
  });
}

/** A backend that is named is one that takes what is asked of it. */
function checkBackends({ expect, place }: Scenario, { backends }: Pipeline): Problem[] {
  return expect.flatMap((e, i) => {
    const { check } = e;
    const asked = askedAt(e);
    if (!asked) return [];
    const { at } = asked;
    // Only a Tempo is asked for traces.
    const own = backends.filter(({ kind }) => check !== 'visible' || kind === 'tempo');
    const lackingAt = (some: readonly Backend[]): readonly Signal[] => {
      const taken = new Set(some.flatMap(({ signals }) => signals));
      const lacking = asked.signals.filter((signal) => !taken.has(signal));
      return check === 'leaked' && lacking.length < asked.signals.length ? [] : lacking;
    };
    const lacking = lackingAt(own.filter((backend) => isCalled(backend, at)));
    if (lacking.length === 0) return [];
    const takers = own.filter((backend) => lackingAt([backend]).length === 0);
    const known = takers.map(({ host }) => host.split('.')[0] ?? host);
    const hint = didYouMean(at, known);
    const why =
      check === 'visible'
        ? 'which is no Tempo that traces go to'
        : `to which the pipeline sends no ${lacking.join(' and no ')}`;
    const message = `expectation ${check} names backend "${at}", ${why}`;
    return { place: place(['expect', i, check, 'at']), message, known, ...(hint ? { hint } : {}) };
  });
}

/** Memory without a limit does not run out. */
const checkMemoryLimits = ({ faults, place }: Scenario, { tiers }: Pipeline): Problem[] =>
  faults.flatMap(({ kind, target: { tier } }, i) => {
    const workload = tiers.find(({ name }) => name === tier)?.workload;
    if (kind !== 'oom' || !workload || workload.memoryLimitBytes !== undefined) return [];
    const message = `fault oom has nothing to exhaust: tier "${tier}" has no memory limit`;
    const hint = 'give it one, with set: spec.resources.limits.memory';
    return { place: place(['faults', i, kind]), message, hint };
  });

/** An exporter whose queue is asked for is one that spans or log records leave by. */
const checkQueues = ({ expect, place }: Scenario, { tiers }: Pipeline): Problem[] =>
  expect.flatMap((e, i) => {
    if (e.check !== 'recovered') return [];
    const known = tiers.flatMap(({ name, outputs }) =>
      outputs.flatMap(({ signal, exporter }) =>
        signal === 'metrics' ? [] : `${name}/${exporter.id}`,
      ),
    );
    const at = `${e.tier}/${e.exporter}`;
    if (known.includes(at)) return [];
    const hint = didYouMean(at, known);
    const message = `expectation recovered names exporter "${at}", by which no span or log record leaves`;
    const own = { place: place(['expect', i, 'recovered', 'at']), message, known };
    return [{ ...own, ...(hint ? { hint } : {}) }];
  });

/** A fault that no pod can suffer breaks nothing. */
function checkPods(
  { faults, place }: Scenario,
  { tiers }: Pipeline,
  podsOfTier: (tier: string) => number,
): Problem[] {
  return faults.flatMap(({ kind, target: { backend, tier, ordinal } }, i) => {
    if (backend !== undefined || !tiers.some(({ name }) => name === tier)) return [];
    const pods = podsBefore(faults, i, podsOfTier)(tier);
    if (pods > (typeof ordinal === 'number' ? ordinal : 0)) return [];
    const message =
      pods === 0
        ? `fault ${kind} has no target: tier "${tier}" has no pod`
        : `fault ${kind} names ${tier}/${ordinal}; the last of its ${pods} pods is ${tier}/${pods - 1}`;
    return { place: place(['faults', i, kind]), message };
  });
}

/**
 * Within this after decision_wait an arrival may or may not be in time: nothing could be said of
 * it.
 */
const tickMs = 2_000;

function checkLate({ load, place }: Scenario, pipeline: Pipeline): Problem[] {
  const waitMs = pipeline.tiers.find((tier) => tier.tailSampling)?.tailSampling?.decisionWaitMs;
  if (waitMs === undefined) return [];
  return load.flatMap(({ name, late }, i) => {
    if (!late || late.deliverAfterMs < waitMs || late.deliverAfterMs > waitMs + tickMs) return [];
    const end = waitMs + tickMs;
    return {
      place: place(['load', i, 'late', 'deliverAfter']),
      message: `load "${name}": late spans are delivered after ${late.deliverAfterMs} ms, within the tick of the decision (${waitMs} to ${end} ms)`,
      hint: `deliverAfter above ${end}ms, or below ${waitMs}ms`,
    };
  });
}

/** An alert that is asked for has a rule. */
const checkAlerts = ({ expect, place }: Scenario, { rules, name }: Pipeline): Problem[] =>
  expect.flatMap((e, i) => {
    if (e.check !== 'alerted' && e.check !== 'notAlerted') return [];
    const known = (rules?.alerts ?? []).map(({ alert }) => alert);
    if (known.includes(e.alert)) return [];
    const hint = rules
      ? didYouMean(e.alert, known)
      : `add a PrometheusRule to the folder, or ${name}.rules.yaml beside it`;
    const message = `expectation ${e.check} names alert "${e.alert}", of which the pipeline has no rule`;
    const own = { place: place(['expect', i, e.check, 'alert']), message, known };
    return [{ ...own, ...(hint ? { hint } : {}) }];
  });

/** Only a name that is asked for can be withheld; the Kubernetes API tells of pods by itself. */
function checkStartRace({ load, place }: Scenario, pipeline: Pipeline): Problem[] {
  const isAsked = () => resolversOf(pipeline).some(({ kind }) => kind === 'dns');
  return load.flatMap(({ name, startRace }, i) => {
    if (!startRace || isAsked()) return [];
    const message = `load "${name}" races with no one: no loadbalancing exporter asks by resolver.dns`;
    return { place: place(['load', i, 'startRace']), message };
  });
}
