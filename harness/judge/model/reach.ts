import { attributeKeys } from '../../collector/ottl.ts';
import { list } from '../../pipeline/read.ts';
import type { Component, PolicyRule } from '../../pipeline/types.ts';
import type { EditedItem } from './edit-item.ts';

/**
 * Whether policies look at what can't be told of an item. Most of them look at its status or name
 * in some way: who says that they don't has to know each.
 */
export const isOpenTo = (item: EditedItem, keys: ReadonlySet<string>): boolean =>
  policyFields.some((field) => item.uncertainFields.has(field)) ||
  [...item.uncertainAttributes, ...item.uncertainResource].some((key) => keys.has(key));

const policyFields = ['name', 'kind', 'status', 'traceState'];

/** The attribute keys that policies look at. */
export function policyKeys(rules: readonly PolicyRule[]): Set<string> {
  return new Set(rules.flatMap(keysOf));
}

function keysOf(rule: PolicyRule): string[] {
  if (rule.type === 'ottl_condition')
    return rule.conditions.flatMap(attributeKeys).flatMap((key) => [key, asOneOf(key)]);
  if ('key' in rule) return [rule.key];
  if ('parts' in rule) return rule.parts.flatMap((part) => keysOf(part.rule));
  if ('rules' in rule) return rule.rules.flatMap(keysOf);
  return 'rule' in rule ? keysOf(rule.rule) : [];
}

/** How a key is noted that a condition looks at in one place only. */
const asOneOf = (key: unknown): string => `only ${String(key)}`;

/** Resource attributes that detectors set (resourcedetectionprocessor v0.152.0, README). */
const detected =
  /^(aws|azure|cloud|container|deployment|dt|faas|gcp|heroku|host|k8s|openshift|os|process|service)\./;

/**
 * Whether a processor whose edits are not modelled can change what policies answer: through one of
 * the attributes that they look at, or through status and times.
 */
export function mayChangeAnswers({ type, config }: Component, keys: ReadonlySet<string>): boolean {
  switch (type) {
    // Moves attributes to the resource, where policies look as well, but not conditions.
    case 'groupbyattrs':
      return list(config.keys).some((key) => keys.has(asOneOf(key)));
    case 'redaction':
      return keys.size > 0;
    case 'resourcedetection':
    case 'resource_detection': {
      // `env` sets whatever the collector's environment says.
      const any = list(config.detectors).includes('env');
      return [...keys].some((key) => any || detected.test(key));
    }
    default:
      return true;
  }
}
