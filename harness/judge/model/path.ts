import { list, number, object, text, texts } from '../../pipeline/read.ts';
import { headSamplerPasses } from '../../pipeline/thresholds.ts';
import type { Component, Pipeline, Signal, Tier } from '../../pipeline/types.ts';
import { compileCondition, type OttlCondition, type OttlFacts } from './ottl.ts';

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
  /** Whether it drops an item; undefined where that is not modelled. */
  drops(facts: OttlFacts, traceId: string): boolean | undefined;
}

/** Processors that neither drop nor change an item, but for refusing whole requests. */
const neutral = new Set(['memory_limiter', 'batch', 'tail_sampling']);
/** Processors whose edits are modelled in `edits.ts`. */
const editing = new Set(['attributes', 'resource', 'k8s_attributes', 'probabilistic_sampler']);

/** Follows a signal through the tiers by their outputs. */
export function signalPath(pipeline: Pipeline, signal: Signal): SignalPath {
  const steps: PathStep[] = [];
  let tier = pipeline.tiers[0];
  const seen = new Set<string>();
  let backends: string[] = [];
  while (tier && !seen.has(tier.name)) {
    seen.add(tier.name);
    steps.push(stepOf(tier, signal));
    const outputs = tier.outputs.filter((output) => output.signal === signal);
    backends = outputs.flatMap(({ to }) => ('backend' in to ? to.backend : []));
    const next = outputs.flatMap(({ to }) => ('tier' in to ? to.tier : []))[0];
    tier = pipeline.tiers.find((candidate) => candidate.name === next);
  }
  const unmodelled = steps.flatMap((step, i) =>
    step.processors
      .filter((c) => !neutral.has(c.type) && !editing.has(c.type) && c.type !== 'filter')
      .map((component) => ({ step: i, component })),
  );
  return { signal, steps, backends: [...new Set(backends)], unmodelled };
}

function stepOf(tier: Tier, signal: Signal): PathStep {
  const processors = tier.pipelines
    .filter((pipeline) => pipeline.signal === signal)
    .flatMap((pipeline) => pipeline.processors);
  const droppers = processors.flatMap((component, index): Dropper[] => {
    const drops = dropRule(component, signal);
    return drops ? [{ component, index, drops }] : [];
  });
  return {
    tier,
    processors,
    sampler: processors.findIndex((c) => c.type === 'tail_sampling'),
    droppers,
  };
}

function dropRule(component: Component, signal: Signal): Dropper['drops'] | undefined {
  if (component.type === 'filter') return filterRule(component, signal);
  if (component.type === 'probabilistic_sampler' && signal === 'traces') {
    return headSamplerRule(component);
  }
  if (
    component.type === 'transform' ||
    neutral.has(component.type) ||
    editing.has(component.type)
  ) {
    return undefined;
  }
  return undefined;
}

/** `filter` drops an item that fulfils any of its conditions (filterprocessor v0.152.0). */
function filterRule(component: Component, signal: Signal): Dropper['drops'] {
  const { config } = component;
  const written =
    signal === 'traces'
      ? texts(object(config.traces).span)
      : signal === 'logs'
        ? texts(object(config.logs).log_record)
        : [];
  const strange =
    config.spans !== undefined ||
    list(config.trace_conditions).length > 0 ||
    (signal === 'logs' && list(config.logs).length > 0);
  const conditions: OttlCondition[] = written.map(compileCondition);
  return (facts) => {
    if (conditions.some((condition) => condition?.(facts))) return true;
    return strange || conditions.includes(undefined) ? undefined : false;
  };
}

/**
 * `probabilistic_sampler` in mode hash_seed; a number in the attribute `sampling.priority` forces
 * the decision.
 * Source: probabilisticsamplerprocessor v0.152.0, tracesprocessor.go, parseSpanSamplingPriority.
 */
function headSamplerRule({ config }: Component): Dropper['drops'] {
  const percentage = number(config.sampling_percentage) ?? 0;
  const seed = number(config.hash_seed) ?? 0;
  const mode = text(config.mode) ?? 'hash_seed';
  return (facts, traceId) => {
    const priority = facts.attributes['sampling.priority'];
    const forced = priority === undefined || priority === '' ? Number.NaN : Number(priority);
    if (forced === 0) return true;
    if (forced > 0) return false;
    if (mode !== 'hash_seed') return undefined;
    return !headSamplerPasses(percentage, seed, traceId);
  };
}
