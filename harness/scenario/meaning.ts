import type { Place, Problem } from '../lib/errors.ts';
import { unknownWord } from '../lib/schema-issues.ts';
import { formatCount, formatMs } from '../lib/units.ts';
import type { LocatedDocument } from '../lib/yaml.ts';
import type { Written } from './schema.ts';
import { lateLeavesOf } from './shape.ts';
import type { Phase, Scenario, TraceLoad } from './types.ts';
import { type UserLoad, userClassNames } from './users.ts';
import { mostDurationMs } from './words/forms.ts';

/** More would take minutes to plan and more memory than a laptop has. */
const mostSpans = 50_000_000;
const mostMetricReports = 5_000_000;
/** The services of the sample application are few and small. */
const mostRequests = 100_000;
/** Each is remembered by all that looks for a place later. */
const mostEdits = 1_000;
/** Beyond any back-off; a run that waits longer is one that was forgotten. */
const longestSettleMs = 3_600_000;

/** Findings that planted defects ask for before the judge knows them. */
const awaitedKinds = [
  'stale-ring',
  'ring-empty-at-start',
  'ring-of-one-address',
  'config-rejected',
  'never-ready',
  'component-not-in-image',
  'timeout-too-short',
];

/** Traces that begin in each phase. */
export const tracesOfPhases = (
  load: Pick<TraceLoad, 'ratePerSecond'>,
  phases: readonly Phase[],
): number[] =>
  phases.map((phase) => Math.round((load.ratePerSecond * phase.times * phase.forMs) / 1_000));

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);

/** What a schema can't say: shares that add up, names that exist once, sizes that can be run. */
export function checkMeaning(
  written: Written,
  scenario: Scenario,
  document: LocatedDocument,
  findingKinds: readonly string[],
): Problem[] {
  return [
    ...scenario.load.flatMap((_, i) => checkClasses(written, scenario, document, i)),
    ...scenario.load.flatMap((_, i) => checkShape(written, scenario, document, i)),
    ...checkSize(scenario),
    ...checkEdits(scenario),
    ...checkSettle(scenario),
    ...checkFaultTimes(scenario),
    ...checkCanaries(scenario),
    ...checkUsers(scenario),
    ...checkExpectations(scenario, findingKinds),
  ];
}

function checkClasses(
  written: Written,
  scenario: Scenario,
  document: LocatedDocument,
  i: number,
): Problem[] {
  const problems: Problem[] = [];
  const classes = scenario.load[i]?.classes ?? [];
  const place = document.place(['load', i, 'classes']);
  const sum = total(classes.map((spec) => spec.share));
  if (sum > 1) {
    const message = `the classes' shares add up to ${sum * 100} %, more than 100 %`;
    problems.push({ place, message });
  }
  if (classes.some((spec) => spec.name === 'normal')) {
    problems.push({ place, message: 'class "normal" is the rest and is not declared' });
  }
  for (const [name, spec] of Object.entries(written.load[i]?.classes ?? {})) {
    if (name === 'error' || (typeof spec !== 'number' && tells(spec))) continue;
    problems.push({
      place: document.keyPlace(['load', i, 'classes', name]),
      message: `class "${name}" says only a share: nothing tells it from "normal"`,
      hint: `write { share: ..., duration: ... } or { share: ..., attributes: {...} }; only "error" needs no more`,
    });
  }
  return problems;
}

type WrittenClass = NonNullable<Written['load'][number]['classes']>[string];

/** Something in it makes a trace another than the normal ones. */
const tells = ({ status, duration, attributes = {} }: Exclude<WrittenClass, number>): boolean =>
  status !== undefined || duration !== undefined || Object.keys(attributes).length > 0;

function checkShape(
  written: Written,
  { load }: Scenario,
  document: LocatedDocument,
  i: number,
): Problem[] {
  const problems: Problem[] = [];
  const name = load[i]?.name ?? '';
  if (load.findIndex((other) => other.name === name) < i) {
    const message = `two loads are named "${name}"`;
    problems.push({ place: document.place(['load', i, 'traces']), message });
  }
  const shape = written.load[i]?.shape;
  if (shape && shape.depth > shape.spans) {
    const message = `found depth ${shape.depth}, expected at most the ${shape.spans} spans`;
    problems.push({ place: document.place(['load', i, 'shape', 'depth']), message });
  } else if (load[i]?.late && lateLeavesOf(load[i].tree).length === 0) {
    const message =
      'no span of these traces can be late: each is the root, the last, or has children';
    const hint = 'more spans, or less depth: shape: { spans: 5, depth: 3 }';
    problems.push({ place: document.keyPlace(['load', i, 'late']), message, hint });
  }
  return problems;
}

/** Each load sends something, and all of them no more than can be planned. */
function checkSize({ load, phases, place }: Scenario): Problem[] {
  const problems: Problem[] = [];
  const totalMs = total(phases.map((phase) => phase.forMs));
  const traces = load.map((one) => total(tracesOfPhases(one, phases)));
  const spans = total(load.map(({ tree }, i) => (traces[i] ?? 0) * tree.length));
  traces.forEach((count, i) => {
    if (count !== 0) return;
    const message = `load "${load[i]?.name}" has no trace in the ${formatMs(totalMs)} of all phases`;
    const hint = 'a higher rate, or longer phases';
    problems.push({ place: place(['load', i, 'rate']), message, hint });
  });
  if (totalMs > mostDurationMs) {
    const message = `all phases take ${formatMs(totalMs)}, at most ${formatMs(mostDurationMs)} are run`;
    problems.push({ place: place(['phases']), message, hint: 'fewer phases, or shorter ones' });
  }
  // What is beyond all numbers fails as well.
  if (!(spans <= mostSpans)) {
    const message = `the load is ${formatCount(spans)} spans, at most ${formatCount(mostSpans)} are planned`;
    const hint = 'a lower rate, or shorter phases';
    problems.push({ place: place(['load']), message, hint });
  }
  load.forEach(({ metricsEveryMs, services, podsPerService }, i) => {
    if (metricsEveryMs === 0) return;
    const reports = (totalMs / metricsEveryMs) * services.length * podsPerService;
    if (reports <= mostMetricReports) return;
    const message = `${formatCount(reports)} reports of metrics, at most ${formatCount(mostMetricReports)} are planned`;
    problems.push({ place: place(['load', i, 'metrics', 'every']), message });
  });
  return problems;
}

function checkSettle({ settleMs, place }: Scenario): Problem[] {
  if (settleMs <= longestSettleMs) return [];
  const message = `found ${formatMs(settleMs)}, expected at most ${formatMs(longestSettleMs)}`;
  return [{ place: place(['settle']), message }];
}

function checkEdits({ set, place }: Scenario): Problem[] {
  if (set.length <= mostEdits) return [];
  const message = `${formatCount(set.length)} edits of the pipeline, at most ${formatCount(mostEdits)} are made`;
  return [{ place: place(['set']), message, hint: 'run on manifests that have them: --pipeline' }];
}

/** A fault after the last span has nothing left to break, but for what waits for a backend. */
function checkFaultTimes({ faults, load, phases, place }: Scenario): Problem[] {
  const phasesMs = total(phases.map((phase) => phase.forMs));
  const lastMs = phasesMs + Math.max(0, ...load.map(({ late }) => late?.deliverAfterMs ?? 0));
  const heldUpMs = faults.map((fault) =>
    'forMs' in fault && fault.target.backend !== undefined && fault.atMs <= lastMs
      ? fault.atMs + fault.forMs
      : 0,
  );
  return faults.flatMap(({ kind, atMs }, i) => {
    if (atMs <= Math.max(lastMs, ...heldUpMs)) return [];
    const message = `fault ${kind} at ${formatMs(atMs)}, when the load is over: it takes ${formatMs(lastMs)}`;
    return {
      place: place(['faults', i, 'at']),
      message,
      hint: 'an earlier moment, or longer phases',
    };
  });
}

/** A canary of log records or metrics that are not sent would prove nothing. */
function checkCanaries({ load, place }: Scenario): Problem[] {
  return load.flatMap(({ canaries, logsPerSpan, metricsEveryMs }, i) =>
    canaries.flatMap(({ key, places }) =>
      places.flatMap((where): Problem[] => {
        const needs =
          where.startsWith('log') && logsPerSpan === 0
            ? 'logs: { perSpan: 0.2 }'
            : (where === 'metricLabel' || where === 'exemplar') && metricsEveryMs === 0
              ? 'metrics: { every: 5s }'
              : undefined;
        if (needs === undefined) return [];
        const message = `canary "${key}" is to stand in ${where}, and the load sends none`;
        return [{ place: place(['load', i, 'canaries', key]), message, hint: `add ${needs}` }];
      }),
    ),
  );
}

function checkLeaked(of: readonly string[] = [], load: Scenario['load'], place: Place): Problem[] {
  const keys = [...new Set(load.flatMap(({ canaries }) => canaries.map(({ key }) => key)))];
  if (keys.length === 0) {
    const message = 'nothing can leak: no load sends canaries';
    return [{ place, message, hint: 'canaries: { http.request.header.authorization: 2% }' }];
  }
  const strangers = of.filter((key) => !keys.includes(key));
  return strangers.map((key) => ({ place, message: unknownWord('canary', key, keys) }));
}

/** Users ask for something, and no more fails than is asked for. */
function checkUsers({ users, load, phases, place }: Scenario): Problem[] {
  if (!users) return [];
  const problems: Problem[] = [];
  const requests = total(tracesOfPhases(users, phases));
  if (requests === 0) {
    const message = 'users send no request in all phases';
    problems.push({ place: place(['users', 'rate']), message, hint: 'a higher rate' });
  }
  if (requests > mostRequests) {
    const message = `users send ${formatCount(requests)} requests, at most ${formatCount(mostRequests)} are planned`;
    problems.push({ place: place(['users', 'rate']), message });
  }
  const failing = total(users.failures.map(({ share }) => share));
  if (failing > 1) {
    const message = `the shares of what fails add up to ${failing * 100} %, more than 100 %`;
    problems.push({ place: place(['users', 'fails']), message });
  }
  return [...problems, ...checkUserClasses(users, load, place)];
}

/** A class of the load and one of the users would be counted as one. */
const checkUserClasses = (users: UserLoad, load: Scenario['load'], place: Scenario['place']) =>
  load.flatMap(({ classes }, i) =>
    classes.flatMap(({ name }): Problem[] => {
      if (!userClassNames(users).includes(name)) return [];
      const message = `class "${name}" is one of the users' orders`;
      return [{ place: place(['load', i, 'classes', name]), message, hint: 'another name' }];
    }),
  );

const nobodyConnects = (place: Place): Problem => ({
  place,
  message: 'no user sends a request whose services could be connected',
  hint: 'users: { app: shop, rate: 20/s }',
});

/** Classes, canaries and findings exist. */
function checkExpectations(
  { expect, load, users, place }: Scenario,
  findingKinds: readonly string[],
): Problem[] {
  const own = load.flatMap((one) => one.classes.map((c) => c.name));
  const classNames = [...new Set(['normal', ...own, ...userClassNames(users)])];
  return expect.flatMap((item, i): Problem[] => {
    if (item.check === 'kept' && !classNames.includes(item.class)) {
      const message = unknownWord('class', item.class, classNames);
      return [{ place: place(['expect', i, 'kept', 'class']), message }];
    }
    if (item.check === 'correlated') {
      const { className } = item;
      if (className === undefined || classNames.includes(className)) return [];
      const message = unknownWord('class', className, classNames);
      return [{ place: place(['expect', i, 'correlated', 'class']), message }];
    }
    if (item.check === 'connected' && !users) return [nobodyConnects(place(['expect', i]))];
    if (item.check === 'leaked')
      return checkLeaked(item.keys, load, place(['expect', i, 'leaked']));
    if (item.check !== 'found') return [];
    const known = [...new Set([...findingKinds, ...awaitedKinds])];
    return item.findings.flatMap(({ kind, component }, j) => {
      if (known.includes(kind)) return [];
      const path = ['expect', i, 'found', j, ...(component === undefined ? [] : ['kind'])];
      return { place: place(path), message: unknownWord('finding', kind, known) };
    });
  });
}
