import { compileCondition, type OttlCondition } from '../../collector/ottl.ts';
import { list, object, type Plain } from '../../pipeline/read.ts';
import { failoverType, guardType } from '../../pipeline/routes.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import { isEditor, isModelledEditor } from './edit-item.ts';
import { headSamplerRule } from './head-sampler.ts';
import type { Drops, ItemFacts } from './item-facts.ts';
import { convertsLoad, isPointConverter, pointChange } from './point-identity.ts';
import { routingRule } from './routing.ts';
import { createSight, type Surroundings } from './sight.ts';
import { skipsSpan } from './span-match.ts';

/** Processors that neither drop nor change an item, but for refusing whole requests. */
const neutral = new Set(['memory_limiter', 'batch', 'tail_sampling', guardType, failoverType]);

/**
 * Whether a component drops an item, with the edits before it applied; undefined for a component
 * that never does. What is not known to hand everything on may drop.
 */
export function dropRule(component: Component, around: Surroundings): Drops | undefined {
  const { type } = component;
  if (around.signal === 'metrics') {
    const mayChange = pointChange(component);
    if (mayChange) return changeRule(mayChange, around);
  }
  if (type === guardType) return routingRule(component, around, hasUnmodelledEdits);
  if (neutral.has(type) || isEditor(component)) return undefined;
  if (type === 'filter') return filterRule(component, around);
  if (type === 'probabilistic_sampler' && around.signal === 'traces') {
    return headSamplerRule(component, around, createSight(around, hasUnmodelledEdits));
  }
  return () => undefined;
}

/** A point that is not known any more behind it: nobody can say what became of it. */
function changeRule(
  mayChange: (facts: ItemFacts) => boolean,
  around: Surroundings,
): Drops | undefined {
  const look = createSight(around, hasUnmodelledEdits);
  return (facts) => {
    const seen = look(facts);
    return seen && !mayChange(seen) ? false : undefined;
  };
}

/**
 * `groupbytrace` changes nothing, and hands on what it held for a while, but for two: the oldest
 * traces where it holds more than `num_traces`, and what comes in the moment in which its trace is
 * released (groupbytraceprocessor v0.152.0, processor.go, markAsReleased and onTraceRemoved: it is
 * removed with what was released; seen in a run). Neither can be told from outside.
 */
const groupingType = 'groupbytrace';

/** Whether a component may change an item in a way that `edits.ts` can't foretell. */
export function hasUnmodelledEdits(component: Component, signal: Signal): boolean {
  const { type } = component;
  if (neutral.has(type)) return false;
  if (type === groupingType) return false;
  if (isPointConverter(component)) return convertsLoad(component);
  if (isEditor(component)) return !isModelledEditor(component, signal);
  if (type === 'filter') return mayDropEvents(component, signal);
  // On traces it writes to trace_state only, on log records to attributes.
  return type !== 'probabilistic_sampler' || signal !== 'traces';
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const isPlain = (value: unknown): boolean => typeof value === 'object' && !Array.isArray(value);

interface FilterKeys {
  /** The section of this signal, and the lists in it whose conditions drop items. */
  readonly section: string;
  readonly items: readonly string[];
  /** Conditions whose context is inferred. */
  readonly inferred: string;
  /** Keys that drop none of the signal's items. */
  readonly other: readonly string[];
}

const metricKeys = ['metrics', 'metric_conditions'];
const otherSignals = ['error_mode', 'profiles', 'profile_conditions'];
const filterKeys: Readonly<Partial<Record<Signal, FilterKeys>>> = {
  traces: {
    section: 'traces',
    items: ['span'],
    inferred: 'trace_conditions',
    other: [...otherSignals, ...metricKeys, 'logs', 'log_conditions'],
  },
  logs: {
    section: 'logs',
    items: ['log_record'],
    inferred: 'log_conditions',
    other: [...otherSignals, ...metricKeys, 'spans', 'traces', 'trace_conditions'],
  },
  // Conditions on a metric drop all of its points.
  metrics: {
    section: 'metrics',
    items: ['metric', 'datapoint'],
    inferred: 'metric_conditions',
    other: [...otherSignals, ...['logs', 'log_conditions', 'spans', 'traces', 'trace_conditions']],
  },
};

/** `spanevent` conditions leave the span, without the event (traces.go). */
function mayDropEvents({ config }: Component, signal: Signal): boolean {
  if (signal !== 'traces') return false;
  const inferred = config.trace_conditions;
  return (
    !(isEmpty(config.traces) || isPlain(config.traces)) ||
    !isEmpty(object(config.traces).spanevent) ||
    !(isEmpty(inferred) || Array.isArray(inferred)) ||
    list(inferred).some((condition) => compileInferred(condition) === undefined)
  );
}

const compileOwn = (written: unknown): OttlCondition =>
  typeof written === 'string' ? compileCondition(written) : undefined;

/** Resource conditions drop all items of a resource, which is the same for each of them. */
const compileInferred = (written: unknown): OttlCondition =>
  typeof written === 'string' ? compileCondition(written, 'named') : undefined;

/**
 * `filter` drops an item that fulfils any of its conditions (filterprocessor v0.152.0, config.go,
 * traces.go, logs.go). Only conditions on spans, on log records and without a written context are
 * modelled; every other key that could drop makes the answer undefined, but where a modelled
 * condition drops the item anyway.
 */
function filterRule({ config }: Component, around: Surroundings): Drops {
  const keys = filterKeys[around.signal];
  if (!keys) return () => undefined;
  if (isByProperties(config, around.signal)) return propertiesRule(object(config.spans), around);
  const section = object(config[keys.section]);
  const modelled = [
    ...keys.items.flatMap((items) => list(section[items]).map(compileOwn)),
    ...list(config[keys.inferred]).map(compileInferred),
  ];
  const others = mayDropOtherwise(config, keys);
  // What stands before may end in an error, and the item is not dropped then.
  const ignoresErrors = config.error_mode === 'ignore' || config.error_mode === 'silent';
  const look = createSight(around, hasUnmodelledEdits);
  return (facts) => {
    const seen = look(facts);
    if (!seen) return undefined;
    let mayFail = others;
    let open = mayFail;
    for (const condition of modelled) {
      const answer = condition?.(seen);
      if (answer) return mayFail && !ignoresErrors ? undefined : true;
      if (!condition) mayFail = true;
      if (answer === undefined) open = true;
    }
    return open ? undefined : false;
  };
}

/** Only `spans.include` and `exclude` tell: beside conditions they are refused (config.go). */
const isByProperties = (config: Plain, signal: Signal): boolean =>
  signal === 'traces' &&
  isPlain(config.spans) &&
  Object.entries(config).every(
    ([key, value]) => key === 'spans' || filterKeys.traces?.other.includes(key) || isEmpty(value),
  );

function propertiesRule(spans: Plain, around: Surroundings): Drops {
  const skips = skipsSpan(spans);
  const look = createSight(around, hasUnmodelledEdits);
  return (facts) => {
    const seen = look(facts);
    return seen && skips(seen);
  };
}

/** Whether anything but the modelled lists of conditions, as lists, could drop an item. */
function mayDropOtherwise(config: Plain, keys: FilterKeys): boolean {
  const section = config[keys.section];
  const known = new Set([...keys.other, keys.section, keys.inferred]);
  const lists = [...keys.items.map((items) => object(section)[items]), config[keys.inferred]];
  const inSection = new Set([...keys.items, ...(keys.items.includes('span') ? ['spanevent'] : [])]);
  return (
    Object.keys(config).some((key) => !known.has(key) && !isEmpty(config[key])) ||
    !(isEmpty(section) || isPlain(section)) ||
    Object.entries(object(section)).some(
      ([key, value]) => !inSection.has(key) && !isEmpty(value),
    ) ||
    lists.some((value) => !isEmpty(value) && !Array.isArray(value))
  );
}
