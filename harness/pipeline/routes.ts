import { type Entrance, enteredBy } from './doors.ts';
import { entranceOf, entryTierOf } from './entry.ts';
import { list, text } from './read.ts';
import { sinks } from './sinks.ts';
import { unrecordedAt } from './tls-ends.ts';
import type { Component, Output, Pipeline, Signal, SignalPipeline, Tier } from './types.ts';

/** What data goes through in one tier on one route. */
export interface Leg {
  readonly tier: Tier;
  readonly receivers: readonly Component[];
  /** In order, of all pipelines that connectors join; a routing connector among them as a guard. */
  readonly processors: readonly Component[];
  readonly output: Output;
}

/** One simple way of a signal from its entry to one backend: a line. */
export interface Route {
  readonly signal: Signal;
  readonly legs: readonly Leg[];
  /** Id of the backend. */
  readonly backend: string;
  /** Why what goes this way can't be told from what goes another. */
  readonly unclear: readonly { readonly hop: string; readonly why: string }[];
}

/** More are not followed: whoever has so many means something else. */
export const mostRoutes = 32;

/** What stands for a routing connector on one of the ways behind it. */
export const guardType = 'routing_guard';

/** A guard lets through what a routing connector sends to this pipeline. */
export const guardOf = (connector: Component, to: string): Component => ({
  ...connector,
  type: guardType,
  config: { ...connector.config, to },
});

/** What stands for a failover connector on one of the ways behind it. */
export const failoverType = 'failover_guard';

/** Which level of a failover connector a way goes by, and where each of its levels leads to. */
export interface Levels {
  readonly level: number;
  /** Ids of backends, by level. */
  readonly backends: readonly (readonly string[])[];
  /** Ids of exporters of its tier, by level. */
  readonly exporters: readonly (readonly string[])[];
}

/** A guard of a failover connector, on the way through one of its pipelines. */
const levelOf = (connector: Component, to: string): Component => ({
  ...connector,
  type: failoverType,
  config: {
    ...connector.config,
    level: list(connector.config.priority_levels).findIndex((some) => list(some).includes(to)),
  },
});

/** Connectors that part the ways of one signal by what is known. */
const guards: Readonly<Record<string, (connector: Component, to: string) => Component>> = {
  routing: guardOf,
  failover: levelOf,
};

/**
 * Every simple way from the first tier to a backend. Data that ends in the collector, as in
 * `debug`, and connectors to another signal are no ways.
 *
 * @returns undefined where there are more than `mostRoutes`
 */
export function unfoldRoutes(pipeline: Pipeline, signal: Signal): Route[] | undefined {
  const entry = entryTierOf(pipeline, signal) ?? pipeline.tiers[0];
  if (!entry) return [];
  const routes: Route[] = [];
  const follow = (tier: Tier, by: Entrance | undefined, before: readonly Leg[]): void => {
    for (const { leg, unclear } of legsThrough(tier, signal, by)) {
      if (routes.length > mostRoutes) return;
      const legs = [...before, leg];
      const { to } = leg.output;
      if ('backend' in to) {
        const unrecorded = unrecordedAt(
          pipeline.tiers,
          legs.map(({ output }) => output),
        );
        routes.push({ signal, legs, backend: to.backend, unclear: [...unclear, ...unrecorded] });
        continue;
      }
      const next = pipeline.tiers.find(({ name }) => name === to.tier);
      const isCircle = legs.some((own) => own.tier === next);
      if (next && !isCircle) follow(next, { ports: [to.port] }, legs);
    }
  };
  follow(entry, entranceOf(pipeline, signal), []);
  if (routes.length > mostRoutes) return undefined;
  const told = routes.map((own) => withLevels(own, routes));
  return told.map((own) => withMerges(own, told));
}

/** Each guard of a failover connector is told where the connector's levels lead to. */
function withLevels(route: Route, all: readonly Route[]): Route {
  const levelsOf = (tier: Tier, id: string): Pick<Levels, 'backends' | 'exporters'> => {
    const by = all.flatMap(({ legs, backend }) => {
      const leg = legs.find((own) => own.tier === tier);
      const guard = leg?.processors.find((own) => own.type === failoverType && own.id === id);
      return leg && guard
        ? { level: Number(guard.config.level), backend, exporter: leg.output.exporter.id }
        : [];
    });
    const levels = Array.from({ length: Math.max(...by.map(({ level }) => level)) + 1 }, (_, i) =>
      by.filter(({ level }) => level === i),
    );
    return {
      backends: levels.map((some) => some.map(({ backend }) => backend)),
      exporters: levels.map((some) => some.map(({ exporter }) => exporter)),
    };
  };
  return {
    ...route,
    legs: route.legs.map((leg) => ({
      ...leg,
      processors: leg.processors.map((component) =>
        component.type === failoverType
          ? {
              ...component,
              config: { ...component.config, ...levelsOf(leg.tier, component.id) },
            }
          : component,
      ),
    })),
  };
}

/** Where routes come together again, nobody can tell by which an item came. */
function withMerges(route: Route, all: readonly Route[]): Route {
  const unclear = [...route.unclear];
  const others = all.filter((other) => other !== route);
  if (others.some(({ backend }) => backend === route.backend)) {
    const hop = route.legs.at(-1)?.tier.name ?? '';
    unclear.push({ hop, why: `several ways lead to ${route.backend}` });
  }
  for (const [i, { tier, processors }] of route.legs.entries()) {
    if (processors.filter(({ type }) => type === 'tail_sampling').length > 1) {
      unclear.push({ hop: tier.name, why: 'more than one tail_sampling on the way' });
    }
    const merged = others.some(({ legs }) => {
      const at = legs.findIndex((leg) => leg.tier === tier);
      return at >= 0 && wayTo(legs, at) !== wayTo(route.legs, i);
    });
    if (merged) unclear.push({ hop: tier.name, why: `several ways lead to ${tier.name}` });
  }
  return { ...route, unclear };
}

const wayTo = (legs: readonly Leg[], end: number): string =>
  legs
    .slice(0, end)
    .map(({ tier, processors, output }) =>
      [tier.name, ...processors.map(nameOf), output.exporter.id].join(' '),
    )
    .join(' > ');

const nameOf = ({ id, config }: Component): string => `${id}:${text(config.to) ?? ''}`;

interface Passage {
  readonly leg: Leg;
  readonly unclear: Route['unclear'];
}

/** Ways through one tier, from where data comes in to each exporter that sends it on. */
function legsThrough(tier: Tier, signal: Signal, by: Entrance | undefined): Passage[] {
  const own = tier.pipelines.filter((pipeline) => pipeline.signal === signal);
  const passages: Passage[] = [];
  const walk = (
    at: SignalPipeline,
    through: readonly SignalPipeline[],
    processors: readonly Component[],
    unclear: Route['unclear'],
  ): void => {
    const all = [...processors, ...at.processors];
    const receivers = (through[0] ?? at).receivers;
    for (const exporter of at.exporters) {
      const outputs = tier.outputs.filter(
        (output) => output.signal === signal && output.exporter.id === exporter.id,
      );
      for (const output of outputs) {
        passages.push({ leg: { tier, receivers, processors: all, output }, unclear });
      }
      if (exporter.kind !== 'connectors') continue;
      for (const next of own.filter((p) => p.receivers.some(({ id }) => id === exporter.id))) {
        if (next === at || through.includes(next)) continue;
        const guard = guards[exporter.type]?.(exporter, next.id);
        const isKnown = guard !== undefined || exporter.type === 'forward';
        const why = `connector ${exporter.id}, which is not modelled`;
        const more = isKnown ? [] : [{ hop: tier.name, why }];
        const behind = guard ? [...all, guard] : all;
        walk(next, [...through, at], behind, [...unclear, ...more]);
      }
    }
  };
  for (const pipeline of enteredBy(own.filter(leadsOn), by)) walk(pipeline, [], [], []);
  return passages;
}

const leadsOn = ({ exporters }: SignalPipeline): boolean =>
  exporters.some(({ type }) => !sinks.has(type));
