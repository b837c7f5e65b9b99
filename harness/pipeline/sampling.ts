import { duration, list, number, object, type Plain, type Reader, text, texts } from './read.ts';
import type { Component, Policy, PolicyRule, TailSampling } from './types.ts';

const statusCodes: Readonly<Record<string, number>> = { UNSET: 0, OK: 1, ERROR: 2 };
const defaultSalt = 'default-hash-seed';

/**
 * Reads a `tail_sampling` processor with the defaults of v0.152.0 (config.go, factory.go).
 * What is not modelled is listed, never guessed.
 */
export function readTailSampling(component: Component, reader: Reader): TailSampling {
  const { config } = component;
  const cache = object(config.decision_cache);
  const unmodelled: string[] = [];
  if ((text(config.sampling_strategy) ?? 'trace-complete') !== 'trace-complete') {
    unmodelled.push(`sampling_strategy: ${text(config.sampling_strategy)}`);
  }
  for (const key of ['decision_wait_after_root_received', 'maximum_trace_size_bytes'] as const) {
    const value = config[key];
    if (value !== undefined && value !== 0 && value !== '0s') unmodelled.push(`${key}: ${value}`);
  }
  for (const key of ['block_on_overflow', 'tail_storage'] as const) {
    if (config[key]) unmodelled.push(key);
  }
  const policies = list(config.policies).map((value, i): Policy => {
    const written = object(value);
    return {
      ...readRule(written),
      name: text(written.name) ?? `policy ${i}`,
      place: reader.place(['policies', i]),
    };
  });
  for (const policy of policies) {
    if (policy.type === 'unmodelled') unmodelled.push(`policy ${policy.name}: ${policy.written}`);
  }
  return {
    component,
    decisionWaitMs: duration(reader, config.decision_wait, ['decision_wait'], 30_000),
    numTraces: number(config.num_traces) ?? 50_000,
    sampledCacheSize: number(cache.sampled_cache_size) ?? 0,
    nonSampledCacheSize: number(cache.non_sampled_cache_size) ?? 0,
    dropPendingOnShutdown: config.drop_pending_traces_on_shutdown === true,
    policies,
    unmodelled,
  };
}

/** One policy or sub-policy; its settings stand under the key that is its type. */
function readRule(written: Plain): PolicyRule {
  const type = text(written.type) ?? '';
  const settings = object(written[type]);
  const subPolicies = (key: string) => list(settings[key]).map((sub) => readRule(object(sub)));
  switch (type) {
    case 'always_sample':
      return { type };
    case 'status_code':
      return {
        type,
        codes: texts(settings.status_codes).flatMap((code) => statusCodes[code] ?? []),
      };
    case 'latency': {
      const thresholdMs = number(settings.threshold_ms) ?? 0;
      return { type, thresholdMs, upperThresholdMs: number(settings.upper_threshold_ms) ?? 0 };
    }
    case 'string_attribute':
    case 'numeric_attribute':
    case 'boolean_attribute':
      return readAttributeRule(type, settings);
    case 'probabilistic': {
      const percentage = number(settings.sampling_percentage) ?? 0;
      return { type, percentage, salt: text(settings.hash_salt) || defaultSalt };
    }
    case 'span_count':
      return { type, min: number(settings.min_spans) ?? 0, max: number(settings.max_spans) ?? 0 };
    case 'and':
      return { type, rules: subPolicies('and_sub_policy') };
    case 'drop':
      return { type, rules: subPolicies('drop_sub_policy') };
    case 'not':
      return { type, rule: readRule(object(settings.not_sub_policy)) };
    default:
      return { type: 'unmodelled', written: type };
  }
}

function readAttributeRule(
  type: 'string_attribute' | 'numeric_attribute' | 'boolean_attribute',
  settings: Plain,
): PolicyRule {
  const key = text(settings.key) ?? '';
  const invert = settings.invert_match === true;
  if (type === 'boolean_attribute') return { type, key, value: settings.value === true, invert };
  if (type === 'numeric_attribute') {
    // A bound of 0 counts as no bound, as in processor.go, getSharedPolicyEvaluator.
    const min = number(settings.min_value) || undefined;
    const max = number(settings.max_value) || undefined;
    return { type, key, min, max, invert };
  }
  const regex = settings.enabled_regex_matching === true;
  return { type, key, values: texts(settings.values).filter((v) => v !== ''), regex, invert };
}
