import { didYouMean } from '../../lib/nearest.ts';
import type { PolicyRule } from '../../pipeline/types.ts';
import type { AttributeValue, ClassSpec } from '../../scenario/types.ts';

/** What tells a class of traces from the others. */
export type Feature = Pick<ClassSpec, 'statusError' | 'durationMs' | 'attributes'>;

const exact = 3;
const near = 2;
const none = 0;

/**
 * How much a rule is about what tells a class: 3 where it looks at that very thing, 2 where it
 * looks at what is nearly called so or asks for its value elsewhere, 0 where at something else. So
 * a policy that means a class and misses it is told from one that means others.
 */
export function relationOf(rule: PolicyRule, feature: Feature): number {
  switch (rule.type) {
    case 'status_code':
      return feature.statusError ? exact : none;
    case 'latency':
      return feature.durationMs === undefined ? none : exact;
    case 'string_attribute':
    case 'trace_state': {
      const values = new Set(rule.values.map((value) => value.toLowerCase()));
      return toAttributes(rule.key, feature, (v) => values.has(String(v).toLowerCase()));
    }
    case 'numeric_attribute': {
      const { min = -Infinity, max = Infinity } = rule;
      return toAttributes(rule.key, feature, (v) => Number(v) >= min && Number(v) <= max);
    }
    case 'boolean_attribute':
      return toAttributes(rule.key, feature, () => false);
    case 'ottl_condition':
      return Math.max(none, ...rule.conditions.map((text) => toCondition(text, feature)));
    case 'and':
    case 'drop':
      return Math.max(none, ...rule.rules.map((sub) => relationOf(sub, feature)));
    case 'not':
      return relationOf(rule.rule, feature);
    case 'composite':
      return Math.max(none, ...rule.parts.map((part) => relationOf(part.rule, feature)));
    default:
      return none;
  }
}

function toAttributes(
  key: string,
  { attributes }: Feature,
  asksFor: (value: AttributeValue) => boolean,
): number {
  const relations = Object.entries(attributes).map(([own, value]) => {
    if (own === key) return exact;
    return didYouMean(key, [own]) || asksFor(value) ? near : none;
  });
  return Math.max(none, ...relations);
}

/** By the words of an OTTL condition: its paths, quoted keys and values. */
function toCondition(condition: string, { statusError, durationMs, attributes }: Feature): number {
  if (statusError && /\bstatus\b/.test(condition)) return exact;
  if (durationMs !== undefined && /\b(start_time|end_time|duration)/i.test(condition)) return exact;
  const quoted = [...condition.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
  const relations = Object.entries(attributes).map(([key, value]) => {
    if (quoted.includes(key)) return exact;
    const isNear = quoted.some((word) => word === String(value) || didYouMean(word, [key]));
    return isNear ? near : none;
  });
  return Math.max(none, ...relations);
}

/** It draws lots: what is promised by a share hangs on such a rule. */
export function drawsLots(rule: PolicyRule): boolean {
  if (rule.type === 'probabilistic') return true;
  if ('rules' in rule) return rule.rules.some(drawsLots);
  if ('parts' in rule) return rule.parts.some((part) => drawsLots(part.rule));
  return 'rule' in rule && drawsLots(rule.rule);
}
