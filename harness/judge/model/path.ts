import type { Component, Pipeline, Signal, Tier } from '../../pipeline/types.ts';
import { dropRule, hasUnmodelledEdits } from './droppers.ts';
import type { OttlFacts } from './ottl.ts';

/** One tier on a signal's way: what it does to an item before and after tail sampling. */
export interface PathStep {
  readonly tier: Tier;
  readonly processors: readonly Component[];
  /** Index of tail_sampling in `processors`; -1 where the step does not sample. */
  readonly sampler: number;
  /** Processors that may drop an item, in order. */
  readonly droppers: readonly Dropper[];
}

/** The way of one signal from the first tier to the backends. */
export interface SignalPath {
  readonly signal: Signal;
  readonly steps: readonly PathStep[];
  /** Ids of the backends that the last step sends to. */
  readonly backends: readonly string[];
  /** Processors whose effect on the content is not modelled, with the step they stand in. */
  readonly unmodelled: readonly { readonly step: number; readonly component: Component }[];
}

export interface Dropper {
  readonly component: Component;
  readonly index: number;
  /**
   * Whether it drops an item; undefined where that is not modelled. `facts` hold the attributes as
   * they were planned: edits that stand before the processor are applied here.
   */
  drops(facts: OttlFacts, traceId: string): boolean | undefined;
}

/** Follows a signal through the tiers by their outputs. */
export function signalPath(pipeline: Pipeline, signal: Signal): SignalPath {
  const tiers: Tier[] = [];
  let tier = pipeline.tiers[0];
  let backends: string[] = [];
  while (tier && !tiers.includes(tier)) {
    tiers.push(tier);
    const outputs = tier.outputs.filter((output) => output.signal === signal);
    backends = outputs.flatMap(({ to }) => ('backend' in to ? to.backend : []));
    const next = outputs.flatMap(({ to }) => ('tier' in to ? to.tier : []))[0];
    tier = pipeline.tiers.find((candidate) => candidate.name === next);
  }
  const processorsOf = tiers.map((t) => processorsIn(t, signal));
  const all = processorsOf.flat();
  const steps = tiers.map((t, i): PathStep => {
    const processors = processorsOf[i] ?? [];
    const earlier = processorsOf.slice(0, i).flat();
    const several = t.pipelines.filter((p) => p.signal === signal).length > 1;
    return {
      tier: t,
      processors,
      sampler: processors.findIndex((c) => c.type === 'tail_sampling'),
      droppers: processors.flatMap((component, index): Dropper[] => {
        const before = [...earlier, ...processors.slice(0, index)];
        const drops = dropRule(component, { signal, before, all });
        if (!drops) return [];
        return [{ component, index, drops: several ? inOneOfSeveral(drops) : drops }];
      }),
    };
  });
  const unmodelled = steps.flatMap((step, i) =>
    step.processors
      .filter((component) => hasUnmodelledEdits(component, signal))
      .map((component) => ({ step: i, component })),
  );
  return { signal, steps, backends: [...new Set(backends)], unmodelled };
}

const processorsIn = (tier: Tier, signal: Signal): Component[] =>
  tier.pipelines
    .filter((pipeline) => pipeline.signal === signal)
    .flatMap((pipeline) => pipeline.processors);

/** What one pipeline of a tier drops may still go through another of them. */
const inOneOfSeveral =
  (drops: Dropper['drops']): Dropper['drops'] =>
  (facts, traceId) =>
    drops(facts, traceId) === false ? false : undefined;
