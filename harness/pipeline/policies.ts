import { goRegExp } from '../lib/go-regexp.ts';
import { hasExpansion, list, object, type Plain, text } from './read.ts';
import type { PolicyRule } from './types.ts';

const statusCodes: ReadonlyMap<unknown, number> = new Map([
  ['UNSET', 0],
  ['OK', 1],
  ['ERROR', 2],
]);
const defaultSalt = 'default-hash-seed';

/** Readers of one rule's settings; `strange` collects what stands where something else belongs. */
interface Settings {
  readonly strange: string[];
  whole(key: string): number;
  number(key: string): number;
  boolean(key: string): boolean;
  text(key: string): string;
  /** A list of texts, each of which `read` makes something of. */
  texts<T>(key: string, read: (written: string) => T | undefined): T[];
}

/**
 * Absent settings read as Go's zero values. A number written as text is none: the collector decodes
 * without weak typing (confmap v1.58.0, internal/decoder.go).
 */
function readSettings(written: Plain): Settings {
  const strange: string[] = [];
  const value = <T>(key: string, zero: T, isOne: (found: unknown) => boolean): T => {
    const found = written[key];
    if (found === undefined || found === null) return zero;
    if (isOne(found) && !hasExpansion(found)) return found as T;
    strange.push(settingAsWritten(key, found));
    return zero;
  };
  return {
    strange,
    whole: (key) => value(key, 0, Number.isSafeInteger),
    number: (key) => value(key, 0, Number.isFinite),
    boolean: (key) => value(key, false, (found) => typeof found === 'boolean'),
    text: (key) => value(key, '', (found) => typeof found === 'string'),
    texts: <T>(key: string, read: (written: string) => T | undefined): T[] =>
      value<readonly unknown[]>(key, [], Array.isArray).flatMap((found) => {
        const one = typeof found === 'string' ? read(found) : undefined;
        if (one === undefined) strange.push(settingAsWritten(key, found));
        return one ?? [];
      }),
  };
}

/** `num_traces: ${env:N}` */
export const settingAsWritten = (key: string, value: unknown): string =>
  `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;

/**
 * One policy or sub-policy; its settings stand under the key that is its type (config.go,
 * v0.152.0). One with a setting that can't be read is not modelled.
 */
export function readRule(written: Plain): PolicyRule {
  const type = text(written.type) ?? '';
  const own = written[type];
  const settings = readSettings(object(own));
  const subPolicies = (key: string) => list(object(own)[key]).map((sub) => readRule(object(sub)));
  switch (type) {
    case 'and':
      return { type, rules: subPolicies('and_sub_policy') };
    case 'drop':
      return { type, rules: subPolicies('drop_sub_policy') };
    case 'not':
      return { type, rule: readRule(object(object(own).not_sub_policy)) };
  }
  const rule = readLeaf(type, settings);
  const strange = typeof own === 'string' ? [own] : settings.strange;
  if (!rule) return { type: 'unmodelled', written: type || JSON.stringify(written) };
  return strange.length === 0
    ? rule
    : { type: 'unmodelled', written: `${type} with ${strange.join(', ')}` };
}

function readLeaf(type: string, settings: Settings): PolicyRule | undefined {
  switch (type) {
    case 'always_sample':
      return { type };
    case 'status_code':
      return { type, codes: settings.texts('status_codes', (code) => statusCodes.get(code)) };
    case 'latency': {
      const thresholdMs = settings.whole('threshold_ms');
      return { type, thresholdMs, upperThresholdMs: settings.whole('upper_threshold_ms') };
    }
    case 'string_attribute':
    case 'numeric_attribute':
    case 'boolean_attribute':
      return readAttributeRule(type, settings);
    case 'probabilistic': {
      const percentage = settings.number('sampling_percentage');
      return { type, percentage, salt: settings.text('hash_salt') || defaultSalt };
    }
    case 'span_count':
      return { type, min: settings.whole('min_spans'), max: settings.whole('max_spans') };
    default:
      return undefined;
  }
}

function readAttributeRule(
  type: 'string_attribute' | 'numeric_attribute' | 'boolean_attribute',
  settings: Settings,
): PolicyRule {
  const key = settings.text('key');
  const invert = settings.boolean('invert_match');
  if (type === 'boolean_attribute') {
    return { type, key, value: settings.boolean('value'), invert };
  }
  if (type === 'numeric_attribute') {
    // A bound of 0 counts as no bound, as in processor.go, getSharedPolicyEvaluator.
    const min = settings.whole('min_value') || undefined;
    const max = settings.whole('max_value') || undefined;
    if (min === undefined && max === undefined) settings.strange.push('neither bound');
    return { type, key, min, max, invert };
  }
  const regex = settings.boolean('enabled_regex_matching');
  const values = settings.texts('values', (value) =>
    !regex || goRegExp(value) ? value : undefined,
  );
  return { type, key, values, regex, invert };
}

/** What of a rule is never modelled, down to its sub-policies: `and > ottl_condition`. */
export function unmodelledIn(rule: PolicyRule): string[] {
  switch (rule.type) {
    case 'unmodelled':
      return [rule.written];
    case 'and':
    case 'drop':
      return rule.rules.flatMap(unmodelledIn).map((inside) => `${rule.type} > ${inside}`);
    case 'not':
      return unmodelledIn(rule.rule).map((inside) => `not > ${inside}`);
    default:
      return [];
  }
}
