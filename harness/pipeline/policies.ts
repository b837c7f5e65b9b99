import { compileCondition } from '../collector/ottl.ts';
import { hasExpansion, isExpanded } from '../lib/expansion.ts';
import { goRegExp } from '../lib/go-regexp.ts';
import { listOf, misfit, nearest, object, type Plain, type Reader, text } from './read.ts';
import type { PolicyRule } from './types.ts';

const statusCodes: ReadonlyMap<string, number> = new Map([
  ['UNSET', 0],
  ['OK', 1],
  ['ERROR', 2],
]);
const defaultSalt = 'default-hash-seed';

/** Every policy type of v0.152.0 (config.go); an extension may bring others. */
const policyTypes = [
  'always_sample',
  'and',
  'boolean_attribute',
  'bytes_limiting',
  'composite',
  'drop',
  'latency',
  'not',
  'numeric_attribute',
  'ottl_condition',
  'probabilistic',
  'rate_limiting',
  'span_count',
  'status_code',
  'string_attribute',
  'trace_flags',
  'trace_state',
];

/** Readers of one rule's settings; `strange` collects what stands where something else belongs. */
interface Settings {
  readonly strange: string[];
  whole(key: string): number;
  number(key: string): number;
  boolean(key: string): boolean;
  text(key: string): string;
  /** A list of texts, each of which `read` makes something of; `known` are all that there are. */
  texts<T>(key: string, read: (written: string) => T | undefined, known?: readonly string[]): T[];
}

/** Says that the collector refuses what stands at a path. */
type Refuse = (
  value: unknown,
  path: readonly PropertyKey[],
  expected: string,
  known?: readonly string[],
) => void;

/**
 * Absent settings read as Go's zero values. A number written as text is none: the collector decodes
 * without weak typing (confmap v1.58.0, internal/decoder.go), but cuts off what follows a number's
 * point, and splits a text where it asks for a list of texts.
 */
function readSettings(written: Plain, refuse: Refuse): Settings {
  const strange: string[] = [];
  const value = <T>(
    key: string,
    zero: T,
    isOne: (found: unknown) => boolean,
    expected: string,
    isTaken: (found: unknown) => boolean = isOne,
  ): T => {
    const found = written[key];
    if (found === undefined || found === null) return zero;
    if (isOne(found) && !hasExpansion(found)) return found as T;
    strange.push(settingAsWritten(key, found));
    if (!isTaken(found)) refuse(found, [key], expected);
    return zero;
  };
  const isNumber = (found: unknown): boolean => typeof found === 'number';
  const isText = (found: unknown): boolean => typeof found === 'string';
  const isList = (found: unknown): boolean => Array.isArray(found) || isText(found);
  return {
    strange,
    whole: (key) => value(key, 0, Number.isSafeInteger, 'a whole number', isNumber),
    number: (key) => value(key, 0, Number.isFinite, 'a number', isNumber),
    boolean: (key) => value(key, false, (found) => typeof found === 'boolean', 'true or false'),
    text: (key) => value(key, '', isText, 'a text'),
    texts: (key, read, known) =>
      value<readonly unknown[]>(key, [], Array.isArray, 'a list', isList).flatMap((found, i) => {
        const one = typeof found === 'string' ? read(found) : undefined;
        if (one !== undefined) return one;
        strange.push(settingAsWritten(key, found));
        if (known || typeof found !== 'string') refuse(found, [key, i], 'a text', known);
        return [];
      }),
  };
}

/** `num_traces: ${env:N}` */
export const settingAsWritten = (key: string, value: unknown): string =>
  `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;

/**
 * One policy or sub-policy; its settings stand under the key that is its type (config.go,
 * v0.152.0). One with a setting that can't be read is not modelled; what the collector refuses is a
 * problem besides. `path` is where it stands.
 */
export function readRule(value: unknown, reader: Reader, path: readonly PropertyKey[]): PolicyRule {
  const refuse: Refuse = (found, inside, expected, known) => {
    if (!hasExpansion(found)) misfit(reader, found, [...path, ...inside], expected, known);
  };
  const written = object(value);
  if (written !== value) refuse(value, [], 'a policy with name and type');
  const type = text(written.type) ?? '';
  if (type === '' && written === value) refuse(null, ['type'], 'a type of policy', policyTypes);
  const isTypo =
    !policyTypes.includes(type) && !isExpanded(type) && nearest(type, policyTypes).hint;
  if (isTypo) refuse(type, ['type'], 'a type of policy', policyTypes);
  const own = written[type];
  if (typeof own !== 'object' && own !== undefined) refuse(own, [type], 'a mapping');
  const subPolicies = (key: string) =>
    listOf(reader, object(own)[key], [...path, type, key]).map((sub, i) =>
      readRule(sub, reader, [...path, type, key, i]),
    );
  if (type === 'and' || type === 'drop') {
    // A list that is not written here can't be read as an empty one.
    const key = `${type}_sub_policy`;
    const outside = typeof own === 'string' ? own : text(object(own)[key]);
    if (outside !== undefined && isExpanded(outside)) {
      return { type: 'unmodelled', written: `${type} with ${settingAsWritten(key, outside)}` };
    }
  }
  switch (type) {
    case 'and':
      return { type, rules: subPolicies('and_sub_policy') };
    case 'drop':
      return { type, rules: subPolicies('drop_sub_policy') };
    case 'not': {
      const sub = object(own).not_sub_policy;
      return { type, rule: readRule(sub, reader, [...path, type, 'not_sub_policy']) };
    }
    case 'composite':
      return readComposite(object(own), reader, [...path, type], refuse);
  }
  const settings = readSettings(object(own), (found, inside, ...rest) =>
    refuse(found, [type, ...inside], ...rest),
  );
  const rule = readLeaf(type, settings);
  const strange = typeof own === 'string' ? [own] : settings.strange;
  if (!rule) return { type: 'unmodelled', written: type || JSON.stringify(written) };
  return strange.length === 0
    ? rule
    : { type: 'unmodelled', written: `${type} with ${strange.join(', ')}` };
}

/**
 * Which share of the spans a second each part may sample: without an allocation none
 * (composite_helper.go, getRateAllocationMap). Nobody reads `policy_order`: parts are asked as they
 * are listed.
 */
function readComposite(
  own: Plain,
  reader: Reader,
  path: readonly PropertyKey[],
  refuse: Refuse,
): PolicyRule {
  const settings = readSettings(own, (found, inside, ...rest) =>
    refuse(found, ['composite', ...inside], ...rest),
  );
  const most = settings.whole('max_total_spans_per_second');
  const written = listOf(reader, own.composite_sub_policy, [...path, 'composite_sub_policy']);
  const allocations = listOf(reader, own.rate_allocation, [...path, 'rate_allocation']).map(object);
  const isRead = Array.isArray(own.composite_sub_policy) && !hasExpansion(allocations);
  if (!isRead || settings.strange.length > 0) {
    const strange = isRead ? settings.strange : ['lists that are written elsewhere'];
    return { type: 'unmodelled', written: `composite with ${strange.join(', ')}` };
  }
  const parts = written.map((sub, i) => {
    const name = text(object(sub).name) ?? '';
    const percent = allocations.findLast(({ policy }) => text(policy) === name)?.percent;
    const share = Number(percent) > 0 ? Number(percent) / 100 : 1 / written.length;
    const allocated = allocations.some(({ policy }) => text(policy) === name)
      ? Math.trunc(share * most)
      : 0;
    const rule = readRule(sub, reader, [...path, 'composite_sub_policy', i]);
    return { name, rule, spansPerSecond: Math.min(allocated, most) };
  });
  return { type: 'composite', parts };
}

function readLeaf(type: string, settings: Settings): PolicyRule | undefined {
  switch (type) {
    case 'always_sample':
      return { type };
    case 'status_code':
      return {
        type,
        codes: settings.texts('status_codes', (code) => statusCodes.get(code), [
          ...statusCodes.keys(),
        ]),
      };
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
    case 'trace_state': {
      const key = settings.text('key');
      const values = settings.texts('values', (value) => value);
      // A sampler in front writes its own there.
      return key === 'ot' ? undefined : { type, key, values };
    }
    case 'trace_flags':
      return { type };
    case 'ottl_condition':
      return readConditions(settings);
    case 'rate_limiting':
      return { type, spansPerSecond: settings.whole('spans_per_second') };
    case 'bytes_limiting': {
      const bytesPerSecond = settings.whole('bytes_per_second');
      const burst = settings.whole('burst_capacity');
      return { type, bytesPerSecond, burstBytes: burst > 0 ? burst : 2 * bytesPerSecond };
    }
    default:
      return undefined;
  }
}

/** What is modelled of OTTL can't end in an error, so that `error_mode` does not count. */
function readConditions(settings: Settings): PolicyRule {
  const conditions = settings.texts('span', (written) => written);
  const onEvents = settings.texts('spanevent', (written) => written);
  if (conditions.length + onEvents.length === 0) settings.strange.push('no condition');
  const strange = conditions.filter((written) => compileCondition(written) === undefined);
  settings.strange.push(...strange);
  return { type: 'ottl_condition', conditions };
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
    case 'composite':
      return rule.parts
        .flatMap((part) => unmodelledIn(part.rule))
        .map((inside) => `composite > ${inside}`);
    default:
      return [];
  }
}
