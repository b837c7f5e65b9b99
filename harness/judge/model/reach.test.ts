import { describe, expect, it } from 'vitest';
import type { Component, PolicyRule } from '../../pipeline/types.ts';
import { mayChangeAnswers, policyKeys } from './reach.ts';

const component = (type: string, config = {}) => ({ type, config }) as unknown as Component;
const priority = new Set(['sampling.priority']);

describe('what policies look at', () => {
  it('is found in rules within rules', () => {
    const flagged: PolicyRule = { type: 'boolean_attribute', key: 'a', value: true, invert: false };
    const rules: PolicyRule[] = [
      { type: 'and', rules: [{ type: 'always_sample' }, { type: 'not', rule: flagged }] },
      { type: 'status_code', codes: [2] },
    ];
    expect([...policyKeys(rules)]).toEqual(['a']);
  });
});

describe('a processor that is not modelled', () => {
  it('may change any answer unless its nature says otherwise', () => {
    expect(mayChangeAnswers(component('transform'), new Set())).toBe(true);
    expect(mayChangeAnswers(component('groupbyattrs'), priority)).toBe(false);
    expect(mayChangeAnswers(component('redaction'), new Set())).toBe(false);
    expect(mayChangeAnswers(component('redaction'), priority)).toBe(true);
  });

  it('that detects resources changes answers about those only, but for env', () => {
    const system = component('resourcedetection', { detectors: ['system'] });
    const env = component('resourcedetection', { detectors: ['env', 'system'] });
    expect(mayChangeAnswers(system, priority)).toBe(false);
    expect(mayChangeAnswers(system, new Set(['host.name']))).toBe(true);
    expect(mayChangeAnswers(env, priority)).toBe(true);
  });
});
