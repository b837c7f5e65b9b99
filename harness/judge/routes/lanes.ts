import type { Evidence } from '../../evidence/types.ts';
import type { Leg, Route } from '../../pipeline/routes.ts';
import { type Pipeline, type Signal, signals } from '../../pipeline/types.ts';
import { askedAt } from '../../scenario/asked-at.ts';
import type { Expectation } from '../../scenario/types.ts';
import type { Line } from '../ledger/context.ts';
import { changesFields } from '../model/edit-item.ts';
import { signalPath } from '../model/path.ts';
import { alongRoute, partOf, partsBegin, routesApart } from './project.ts';
import { arrivedAtTier, asBackend, backendOfTier } from './segment.ts';

/** A line that is judged by itself: one route of each signal, or a part of one between samplers. */
export interface Lane extends Line {
  /** By its end: the backend, or the tier of the next sampler. */
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly evidence: Evidence;
  /** Signals whose items are accounted for along it. */
  readonly watches: ReadonlySet<Signal>;
  /** Of these it is the only lane with this route: elsewhere they are watched again. */
  readonly counts: ReadonlySet<Signal>;
  /** Ids of the backends to which traces go along it, in the end. */
  readonly backends: readonly string[];
  /** Where traces come from, if not from the load: the lane before it on the same route. */
  readonly behind: string | undefined;
  /** Not the last part of its route. */
  readonly goesOn: boolean;
  /** There is no other: what a collector counts in all is of this one. */
  readonly isOnly: boolean;
}

/**
 * Takes a graph apart into lines: every simple way of a signal is one, and one with several
 * samplers is cut in front of each but the first. What can't be told of one way is said of that
 * one.
 *
 * @param expect a way that forks at its end is several where one of its backends is asked for alone
 * @returns one where every signal has one way: it is judged as it is
 */
export function lanesOf(
  pipeline: Pipeline,
  evidence: Evidence,
  expect: readonly Expectation[],
): Lane[] {
  const named = expect.flatMap((expectation) => askedAt(expectation)?.at ?? []);
  const apart = (signal: Signal) => routesApart(pipeline, signal, named);
  const routes = new Map(signals.map((signal) => [signal, apart(signal)]));
  const most = Math.max(...[...routes.values()].map(({ length }) => length));
  if (most === 0) return [onlyLane(pipeline, evidence)];
  const parting = new Set([...routes.values()].flatMap(partingTiers));
  return Array.from({ length: most }, (_, i) => {
    // Where a signal has fewer, its last is watched again: no check is to miss it.
    const own = [...routes.values()].flatMap((some) => some[i] ?? some.at(-1) ?? []);
    const counts = signals.filter((signal) => i < (routes.get(signal)?.length || 1));
    return lanesAlong(pipeline, evidence, own, { counts: new Set(counts), parting });
  }).flat();
}

/** A pipeline in which each signal has one way. */
const onlyLane = (pipeline: Pipeline, evidence: Evidence): Lane => ({
  name: '',
  pipeline,
  evidence,
  watches: new Set(signals),
  counts: new Set(signals),
  backends: signalPath(pipeline, 'traces').backends,
  behind: undefined,
  goesOn: false,
  isOnly: true,
  unclear: {},
  parting: new Set(),
});

/** Tiers that routes go through in different ways. */
const partingTiers = (routes: readonly Route[]): string[] =>
  routes.flatMap((route) =>
    route.legs.flatMap(({ tier, processors, output }) => {
      const others = routes.flatMap(({ legs }) => legs.filter((leg) => leg.tier === tier));
      const isSame = (leg: Leg): boolean =>
        leg.output === output && leg.processors.length === processors.length;
      return others.every(isSame) ? [] : tier.name;
    }),
  );

function lanesAlong(
  pipeline: Pipeline,
  evidence: Evidence,
  routes: readonly Route[],
  { counts, parting }: Pick<Lane, 'counts' | 'parting'>,
): Lane[] {
  const along = routes.reduce(alongRoute, pipeline);
  const traces = routes.find(({ signal }) => signal === 'traces');
  const unclear = Object.fromEntries(routes.map((route) => [route.signal, route.unclear]));
  const whole: Lane = {
    ...onlyLane(along, evidence),
    name: ((traces ?? routes[0])?.backend ?? '').split(':')[0] ?? '',
    counts,
    isOnly: false,
    unclear,
    parting,
  };
  return traces && partsBegin(traces.legs).length > 1 ? cutLane(whole, traces) : [whole];
}

/** What a second sampler finds of names and status is not recorded in front of it. */
const changedBefore = (legs: readonly Leg[]): Route['unclear'] =>
  legs.flatMap(({ tier, processors }) =>
    processors
      .filter(changesFields)
      .map(({ id }) => ({ hop: tier.name, why: `${id} in front of a second sampler` })),
  );

/** One lane a part: what arrived at the tier of a sampler is the next one's plan. */
function cutLane(whole: Lane, route: Route): Lane[] {
  const { legs } = route;
  const begins = partsBegin(legs);
  return begins.map((from, i) => {
    const to = begins[i + 1];
    const isLast = to === undefined;
    const [entry, next] = [legs[from]?.tier, isLast ? undefined : legs[to]?.tier];
    const end = next && backendOfTier(next, legs[(to ?? 0) - 1]);
    const own = partOf(whole.pipeline, route, from, to, end?.id);
    const arrived =
      from === 0 || !entry ? whole.evidence : arrivedAtTier(whole.evidence, entry.name);
    return {
      ...whole,
      name: next?.name ?? whole.name,
      pipeline: end ? { ...own, backends: [...own.backends, end] } : own,
      evidence: next && end ? asBackend(arrived, next.name, end.id) : arrived,
      watches: isLast ? whole.watches : new Set<Signal>(['traces']),
      counts: isLast
        ? whole.counts
        : new Set([...whole.counts].filter((signal) => signal === 'traces')),
      behind: from === 0 ? undefined : entry?.name,
      goesOn: !isLast,
      unclear: from === 0 ? whole.unclear : { traces: changedBefore(legs.slice(0, from)) },
    };
  });
}
