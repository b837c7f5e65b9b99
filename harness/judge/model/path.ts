import type { Entrance } from '../../pipeline/doors.ts';
import { entranceOf, entryTierOf, logFilesOf, scrapedOf } from '../../pipeline/entry.ts';
import { failoverType, guardType, type Levels } from '../../pipeline/routes.ts';
import type { ScrapeTarget } from '../../pipeline/scrape.ts';
import { unrecordedAt } from '../../pipeline/tls-ends.ts';
import type { Component, Pipeline, Signal, Tier } from '../../pipeline/types.ts';
import { dropRule, hasUnmodelledEdits } from './droppers.ts';
import type { ItemFacts } from './item-facts.ts';
import { isRemoteWriter } from './outputs.ts';
import { nowhereRule } from './routing.ts';
import { scrapeRules } from './scraped.ts';
import { mayDropLines } from './tailed.ts';
import { type Way, wayThrough } from './ways.ts';

/** One tier on a signal's way: what it does to an item before and after tail sampling. */
export interface PathStep {
  readonly tier: Tier;
  readonly processors: readonly Component[];
  /** Index of tail_sampling in `processors`; -1 where the step does not sample. */
  readonly sampler: number;
  /** Processors that may drop an item, in order. */
  readonly droppers: readonly Dropper[];
}

/** The way of one signal from the tier that it enters by to the backends. */
export interface SignalPath {
  readonly signal: Signal;
  readonly steps: readonly PathStep[];
  /** Ids of the backends that the last step sends to. */
  readonly backends: readonly string[];
  /** Backends to which it goes both by OTLP and by remote write: each way is to bring it. */
  readonly twoWays?: readonly string[];
  /** The failover connector that it passes, with the step in which that stands. */
  readonly failover?: Levels & { readonly step: number; readonly connector: Component };
  /** Where the config ends the way, as `tier/exporter`; none where it leads to backends. */
  readonly ends: readonly string[];
  /** Components whose effect on the content is not modelled, with the step they stand in. */
  readonly unmodelled: readonly { readonly step: number; readonly component: Component }[];
  /** Why the signal has not one way, by hop: what became of an item can't be told then. */
  readonly unclear: readonly { readonly hop: string; readonly why: string }[];
}

export interface Dropper {
  readonly component: Component;
  readonly index: number;
  /**
   * Whether it drops an item; undefined where that is not modelled. `facts` hold the attributes as
   * they were planned: edits that stand before the processor are applied here.
   */
  drops(facts: ItemFacts, traceId: string): boolean | undefined;
  /** Of a routing connector: whether it sends an item to no pipeline at all. */
  leadsNowhere?: Dropper['drops'];
}

/** Follows a signal through the tiers by their outputs. */
export function signalPath(pipeline: Pipeline, signal: Signal): SignalPath {
  const tiers: Tier[] = [];
  const ways: Way[] = [];
  const unclear: { hop: string; why: string }[] = [];
  let tier = entryTierOf(pipeline, signal) ?? pipeline.tiers[0];
  let by = entranceOf(pipeline, signal);
  let backends: string[] = [];
  let ends: string[] = [];
  let twoWays: string[] = [];
  while (tier && !tiers.includes(tier)) {
    const way = wayThrough(tier, signal, by);
    tiers.push(tier);
    ways.push(way);
    backends = way.outputs.flatMap(({ to }) => ('backend' in to ? to.backend : []));
    twoWays = backends.filter((backend) => isSentTwice(way, backend));
    const next = new Set(way.outputs.flatMap(({ to }) => ('tier' in to ? to.tier : [])));
    const hop = tier.name;
    ends = way.ends.map(({ id }) => `${hop}/${id}`);
    unclear.push(...way.unclear.map((why) => ({ hop, why })));
    unclear.push(...unrecordedAt(pipeline.tiers, way.outputs));
    if (next.size > 1 || (next.size === 1 && backends.length > 0)) {
      unclear.push({ hop, why: `it goes on to ${[...next, ...backends].join(' and ')}` });
    }
    tier = pipeline.tiers.find((candidate) => next.has(candidate.name));
    by = tier && portsTo(tier, way);
  }
  const processorsOf = ways.map((way) => way.pipelines.flatMap((p) => p.processors));
  const all = processorsOf.flat();
  const samplers = all.filter((component) => component.type === 'tail_sampling');
  if (samplers.length > 1) {
    unclear.push({ hop: tiers.at(-1)?.name ?? '', why: 'more than one tail_sampling on the way' });
  }
  const steps = tiers.map((t, i): PathStep => {
    const processors = processorsOf[i] ?? [];
    const earlier = processorsOf.slice(0, i).flat();
    const several = ways[i]?.isSeveral === true;
    const senders = (ways[i - 1]?.outputs ?? []).flatMap(({ to, exporter }) =>
      'tier' in to && to.tier === t.name ? exporter : [],
    );
    return {
      tier: t,
      processors,
      sampler: processors.findIndex((c) => c.type === 'tail_sampling'),
      droppers: processors.flatMap((component, index): Dropper[] => {
        const before = [...earlier, ...processors.slice(0, index)];
        const around = { signal, before, all, senders };
        const drops = dropRule(component, around);
        if (!drops) return [];
        const own = { component, index, drops: several ? inOneOfSeveral(drops) : drops };
        return component.type === guardType
          ? [{ ...own, leadsNowhere: nowhereRule(component, around, hasUnmodelledEdits) }]
          : [own];
      }),
    };
  });
  const unmodelled = steps.flatMap((step, i) =>
    step.processors
      .filter((component) => hasUnmodelledEdits(component, signal))
      .map((component) => ({ step: i, component })),
  );
  const failover = failoverOn(steps);
  const common = { signal, steps, ends, unmodelled, unclear, ...(failover ? { failover } : {}) };
  const path = { ...common, backends: [...new Set(backends)], twoWays: [...new Set(twoWays)] };
  const files = logFilesOf(pipeline, signal)?.files;
  if (files) return tailed(path, files);
  const targets = scrapedOf(pipeline, signal)?.targets;
  return targets ? scraped(path, targets) : path;
}

const portsTo = ({ name }: Tier, { outputs }: Way): Entrance => ({
  ports: outputs.flatMap(({ to }) => ('tier' in to && to.tier === name ? to.port : [])),
});

/** The last that it passes: where it stands behind another one, that one is not looked at. */
function failoverOn(steps: readonly PathStep[]): SignalPath['failover'] {
  const passed = steps.flatMap(({ processors }, step) =>
    processors.flatMap((connector) =>
      connector.type === failoverType
        ? { step, connector, ...(connector.config as unknown as Levels) }
        : [],
    ),
  );
  return passed.at(-1);
}

/** By exporters of both kinds. */
function isSentTwice({ outputs }: Way, backend: string): boolean {
  const senders = outputs.filter(({ to }) => 'backend' in to && to.backend === backend);
  return new Set(senders.map(isRemoteWriter)).size > 1;
}

/**
 * What comes out of a file is what the receiver's operators made of a line: no condition is
 * answered by the record that was planned.
 */
function tailed(path: SignalPath, files: Component): SignalPath {
  const drops: Dropper['drops'] = () => undefined;
  const reader = mayDropLines(files) ? [{ component: files, index: -1, drops }] : [];
  return {
    ...path,
    unmodelled: [{ step: 0, component: files }, ...path.unmodelled],
    steps: path.steps.map((step, i) => ({
      ...step,
      droppers: [...(i === 0 ? reader : []), ...step.droppers.map((own) => ({ ...own, drops }))],
    })),
  };
}

/** What the receiver leaves out of an exposition is dropped in front of all else. */
function scraped(path: SignalPath, targets: readonly ScrapeTarget[]): SignalPath {
  const own = scrapeRules(targets).map((rule): Dropper => ({ ...rule, index: -1 }));
  const [first, ...rest] = path.steps;
  if (!first) return path;
  return { ...path, steps: [{ ...first, droppers: [...own, ...first.droppers] }, ...rest] };
}

/** What one pipeline of a tier drops may still go through another of them. */
const inOneOfSeveral =
  (drops: Dropper['drops']): Dropper['drops'] =>
  (facts, traceId) =>
    drops(facts, traceId) === false ? false : undefined;

/** What stands behind the last step: its backends, else the exporters in which it ends. */
export const lastStation = ({ backends, ends }: SignalPath): string =>
  backends.length > 0
    ? backends.map((backend) => backend.split(':')[0]).join('+')
    : ends.map((end) => end.slice(end.indexOf('/') + 1)).join('+');

/** `agent→gateway`; by the step that it leads to. */
export const hopName = (path: SignalPath, to: number): string => {
  const name = (i: number): string => path.steps[i]?.tier.name ?? lastStation(path);
  return to === 0 ? `load→${name(0)}` : `${name(to - 1)}→${name(to)}`;
};
