import type { Place } from '../lib/errors.ts';
import { hasExpansion } from '../lib/expansion.ts';
import { readRule, settingAsWritten, unmodelledIn } from './policies.ts';
import { duration, listOf, misfit, object, type Plain, type Reader, text } from './read.ts';
import type { Component, Policy, TailSampling } from './types.ts';

/** Every setting that v0.152.0 knows (config.go). */
const known = new Set([
  'block_on_overflow',
  'decision_cache',
  'decision_wait',
  'decision_wait_after_root_received',
  'drop_pending_traces_on_shutdown',
  'expected_new_traces_per_sec',
  'maximum_trace_size_bytes',
  'num_traces',
  'policies',
  'sample_on_first_match',
  'sampling_strategy',
  'tail_storage',
]);

const switches = [
  'block_on_overflow',
  'drop_pending_traces_on_shutdown',
  'sample_on_first_match',
] as const;
/** A run waits until the last decision must have fallen. */
const mostWait = { ms: 3_600_000, shown: '1h: a run waits for the decisions' };
const strategies = ['trace-complete', 'span-ingest'];

/**
 * Reads a `tail_sampling` processor with the defaults of v0.152.0 (config.go, factory.go).
 * What is not modelled is listed, never guessed.
 */
export function readTailSampling(component: Component, reader: Reader): TailSampling {
  const { config } = component;
  const unmodelledSettings = strangeSettings(config);
  const strategy = config.sampling_strategy;
  if (strategy != null && !hasExpansion(strategy) && !strategies.some((s) => s === strategy)) {
    misfit(reader, strategy, ['sampling_strategy'], 'one that is known', strategies);
  }
  const count = (
    settings: Plain,
    path: readonly string[],
    otherwise: number,
    least = Number.NEGATIVE_INFINITY,
  ): number => {
    const key = path.at(-1) ?? '';
    const value = settings[key];
    if (value === undefined || value === null) return otherwise;
    if (Number.isSafeInteger(value) && Number(value) >= least) return value as number;
    unmodelledSettings.push(settingAsWritten(key, value));
    // The collector cuts off what follows a number's point.
    const isTaken = typeof value === 'number' ? value >= least : hasExpansion(value);
    if (!isTaken) misfit(reader, value, path, 'a whole number from 0 on');
    return otherwise;
  };
  const numTraces = count(config, ['num_traces'], 50_000, 0);
  const cache = object(config.decision_cache);
  const sampledCacheSize = count(cache, ['decision_cache', 'sampled_cache_size'], 0);
  const nonSampledCacheSize = count(cache, ['decision_cache', 'non_sampled_cache_size'], 0);
  const policies = listOf(reader, config.policies, ['policies']).map((value, i): Policy => {
    const path = ['policies', i];
    return {
      ...readRule(value, reader, path),
      name: text(object(value).name) ?? `policy ${i}`,
      place: setBelow(value, reader, path) ?? reader.place(path),
    };
  });
  const unmodelledPolicies = policies.flatMap((policy) =>
    unmodelledIn(policy).map((inside) => `policy ${policy.name}: ${inside}`),
  );
  return {
    component,
    decisionWaitMs: duration(reader, config.decision_wait, ['decision_wait'], 30_000, mostWait),
    numTraces,
    sampledCacheSize,
    nonSampledCacheSize,
    dropPendingOnShutdown: config.drop_pending_traces_on_shutdown === true,
    onIngest: strategy === 'span-ingest',
    sampleOnFirstMatch: config.sample_on_first_match === true,
    waitAfterRootMs: duration(
      reader,
      config.decision_wait_after_root_received,
      ['decision_wait_after_root_received'],
      0,
      mostWait,
    ),
    maximumTraceSizeBytes: count(config, ['maximum_trace_size_bytes'], 0, 0),
    blockOnOverflow: config.block_on_overflow === true,
    policies,
    unmodelled: [...unmodelledSettings, ...unmodelledPolicies],
    unmodelledSettings,
  };
}

/** Settings whose effect is not modelled, or that can't be read. */
function strangeSettings(config: Plain): string[] {
  const strange: string[] = [];
  const strategy = config.sampling_strategy;
  if (strategy != null && !strategies.some((s) => s === strategy)) {
    strange.push(settingAsWritten('sampling_strategy', strategy));
  }
  for (const key of ['decision_wait', 'decision_wait_after_root_received'] as const) {
    if (hasExpansion(config[key])) strange.push(settingAsWritten(key, config[key]));
  }
  if (config.tail_storage) strange.push('tail_storage');
  for (const key of switches) {
    const value = config[key];
    if (value != null && typeof value !== 'boolean') strange.push(settingAsWritten(key, value));
  }
  if (config.policies != null && !Array.isArray(config.policies)) {
    strange.push(settingAsWritten('policies', config.policies));
  }
  if (typeof config.decision_cache === 'string') {
    strange.push(settingAsWritten('decision_cache', config.decision_cache));
  }
  return [...strange, ...Object.keys(config).filter((key) => !known.has(key))];
}

/** The place of the first value, at a path or below it, that was set for this run. */
function setBelow(value: unknown, reader: Reader, path: readonly PropertyKey[]): Place | undefined {
  const place = reader.place(path);
  if (place.setBy !== undefined) return place;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inside] of Object.entries(value)) {
    const found = setBelow(inside, reader, [...path, key]);
    if (found) return found;
  }
  return undefined;
}
