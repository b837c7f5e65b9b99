import { isCalled } from '../../pipeline/called.ts';
import { type Leg, type Route, unfoldRoutes } from '../../pipeline/routes.ts';
import type {
  Backend,
  DeclaredEntry,
  Pipeline,
  Signal,
  SignalPipeline,
  Tier,
} from '../../pipeline/types.ts';
import { type SignalPath, signalPath } from '../model/path.ts';

/**
 * The ways of a signal that is taken apart, since no single line tells where its items go.
 * @param named backends that are asked for alone
 * @returns none where one line does, or where it can't be taken apart
 */
export function routesApart(
  pipeline: Pipeline,
  signal: Signal,
  named: readonly string[] = [],
): Route[] {
  const { unclear, backends } = signalPath(pipeline, signal);
  const isNamed = (backend: Backend): boolean =>
    backends.includes(backend.id) && named.some((name) => isCalled(backend, name));
  const forks = backends.length > 1 && pipeline.backends.some(isNamed);
  return unclear.length > 0 || forks ? (unfoldRoutes(pipeline, signal) ?? []) : [];
}

/** The lines as which a signal's ways are judged; a route each where they are several. */
export function waysOf(pipeline: Pipeline, signal: Signal): { route?: Route; path: SignalPath }[] {
  const routes = routesApart(pipeline, signal);
  if (routes.length === 0) return [{ path: signalPath(pipeline, signal) }];
  return routes.map((route) => {
    const { unclear } = route;
    return { route, path: { ...signalPath(alongRoute(pipeline, route), signal), unclear } };
  });
}

/** The pipeline as one route sees it: of that route's signal each tier has its own leg alone. */
export function alongRoute(pipeline: Pipeline, { signal, legs }: Route): Pipeline {
  return {
    ...pipeline,
    tiers: pipeline.tiers.map((tier) => {
      const leg = legs.find((own) => own.tier.name === tier.name);
      return leg ? throughLeg(tier, signal, leg) : withoutSampler(tier, signal);
    }),
  };
}

const samples = ({ processors }: Leg): boolean =>
  processors.some(({ type }) => type === 'tail_sampling');

/** Where the parts of a route begin, by leg: each behind the first at a sampler. */
export const partsBegin = (legs: readonly Leg[]): number[] => [
  0,
  ...legs.flatMap((leg, i) => (samples(leg) ? i : [])).slice(1),
];

/** The pipeline as each part of a route sees it, from one sampler to the next. */
export function partsOf(pipeline: Pipeline, route: Route): Pipeline[] {
  const begins = partsBegin(route.legs);
  return begins.map((from, i) => partOf(pipeline, route, from, begins[i + 1]));
}

/**
 * A part of a route, from one leg to before another.
 * @param end the backend that stands for the tier behind it
 */
export function partOf(
  pipeline: Pipeline,
  route: Route,
  from: number,
  to: number | undefined,
  end?: string,
): Pipeline {
  const legs = route.legs.slice(from, to);
  const closed = legs.map((leg, i) =>
    end !== undefined && i === legs.length - 1 ? endingAt(leg, end) : leg,
  );
  const own = alongRoute(pipeline, { ...route, legs: closed });
  const [entry] = legs;
  return entry ? { ...own, entries: [entryAt(entry.tier, route.signal), ...own.entries] } : own;
}

const endingAt = ({ output, ...leg }: Leg, backend: string): Leg => ({
  ...leg,
  output: { ...output, to: { backend } },
});

const entryAt = ({ name, workload }: Tier, signal: Signal): DeclaredEntry => ({
  tier: name,
  signals: [signal],
  by: undefined,
  place: workload.place,
});

function throughLeg(tier: Tier, signal: Signal, leg: Leg): Tier {
  const { receivers, processors, output } = leg;
  const own: SignalPipeline = {
    id: signal,
    signal,
    receivers: receivers.filter(({ kind }) => kind !== 'connectors'),
    processors,
    exporters: [output.exporter],
  };
  const sampler = processors.find(({ type }) => type === 'tail_sampling');
  return {
    ...tier,
    pipelines: [...tier.pipelines.filter((other) => other.signal !== signal), own],
    outputs: [...tier.outputs.filter((other) => other.signal !== signal), output],
    ...(signal === 'traces'
      ? {
          tailSampling:
            sampler && tier.samplers.find(({ component }) => component.id === sampler.id),
        }
      : {}),
  };
}

const withoutSampler = (tier: Tier, signal: Signal): Tier =>
  signal === 'traces' ? { ...tier, tailSampling: undefined } : tier;
