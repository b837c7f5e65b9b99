import type { Signal } from '../../pipeline/types.ts';
import type { JudgedLane } from '../judge-lane.ts';
import type { Timeline } from '../timeline.ts';
import type { Accounting, CheckResult, Finding, RouteAccounting, Verdict } from '../types.ts';
import { worst } from '../weigh.ts';
import { addAccounts, followedBy } from './sums.ts';

/** One result a check: where lines differ, the worst counts and each is told by its end. */
export function mergeResults(judged: readonly JudgedLane[]): CheckResult[] {
  if (judged.length === 1) return [...(judged[0]?.results ?? [])];
  const all = judged.flatMap((lane) => lane.results.map((result) => ({ lane, result })));
  const alike = Map.groupBy(all, ({ result: { name, subject } }) => `${name}|${subject}`);
  return [...alike.values()].map((every) => {
    const answered = every.filter(({ lane, result }) => !lane.ofNothing.has(result));
    const some = answered.length > 0 ? answered : every;
    const results = some.map(({ result }) => result);
    const [first] = results as [CheckResult];
    const told = Map.groupBy(some, ({ result }) => result.observed);
    return {
      ...first,
      verdict: worst(results.map(({ verdict }) => verdict)),
      observed:
        told.size === 1
          ? first.observed
          : [...told]
              .map(
                ([observed, of]) =>
                  `${of.map(({ lane }) => lane.lane.name).join(', ')}: ${observed}`,
              )
              .join('; '),
      findings: distinct(results.flatMap(({ findings }) => findings)),
    };
  });
}

/** What befell items before their ways parted is told of each: once is enough. */
function distinct(findings: readonly Finding[]): Finding[] {
  const most = new Map<string, Finding>();
  for (const finding of findings) {
    const { kind, hop, component, cause, why = '' } = finding;
    const key = [kind, hop, component, cause, why].join('|');
    const known = most.get(key);
    if (!known || finding.count > known.count) most.set(key, finding);
  }
  return [...most.values()];
}

type Accounts = Pick<Verdict, 'accounting' | 'logs' | 'metricPoints' | 'decisions'>;

/** Sums over all ways: an item is counted once on each. */
export function mergeAccounts(judged: readonly JudgedLane[]): Accounts {
  const of = (signal: Signal) => judged.filter(({ lane }) => lane.counts.has(signal));
  return {
    accounting: addAccounts(wholeRoutes(judged).map(({ accounting }) => accounting)),
    logs: addAccounts(of('logs').map(({ logs }) => logs)),
    metricPoints: addAccounts(of('metrics').map(({ metricPoints }) => metricPoints)),
    decisions: addAccounts(of('traces').map(({ decisions }) => decisions)),
  };
}

/** What became of the spans on each way; none where there is one. */
export const routesOf = (judged: readonly JudgedLane[]): RouteAccounting[] =>
  judged.length === 1 ? [] : wholeRoutes(judged);

/** The parts between samplers are one way: what the first hands on, the next accounts for. */
function wholeRoutes(judged: readonly JudgedLane[]): RouteAccounting[] {
  const routes: RouteAccounting[] = [];
  let before: Accounting | undefined;
  for (const { lane, spans } of judged) {
    if (!lane.counts.has('traces')) continue;
    const accounting = before && lane.behind !== undefined ? followedBy(before, spans) : spans;
    before = lane.goesOn ? accounting : undefined;
    if (!lane.goesOn) routes.push({ to: lane.name, accounting });
  }
  return routes;
}

/** What happened when is the same of all; the flows are one a way. */
export function mergeTimelines(judged: readonly JudgedLane[]): Timeline {
  const [first] = judged as [JudgedLane];
  const flows = judged.flatMap(({ lane, timeline }) =>
    timeline.flows
      .filter(({ signal }) => lane.counts.has(signal))
      .map((flow) =>
        lane.behind !== undefined && flow.signal === 'traces'
          ? { ...flow, stations: [lane.behind, ...flow.stations.slice(1)] }
          : flow,
      ),
  );
  return { ...first.timeline, flows };
}
