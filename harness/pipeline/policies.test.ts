import { describe, expect, it } from 'vitest';
import type { Problem } from '../lib/errors.ts';
import { readRule } from './policies.ts';

/** What is said of a policy, and the path at which it is. */
function problemsOf(written: unknown): [path: string, problem: Omit<Problem, 'place'>][] {
  const problems: Problem[] = [];
  const place = (path: readonly PropertyKey[]) => ({ file: path.join('.'), line: 1, column: 1 });
  readRule(written, { problems, place }, ['policies', 0]);
  return problems.map(({ place: { file }, ...problem }) => [file, problem]);
}

describe('readRule', () => {
  it.each([
    [
      'latency',
      { threshold_ms: '2s' },
      'threshold_ms',
      /threshold_ms: found "2s", expected a whole number/,
    ],
    [
      'probabilistic',
      { sampling_percentage: '5%' },
      'sampling_percentage',
      /found "5%", expected a number/,
    ],
    ['status_code', { status_codes: ['OK', 'ERR'] }, 'status_codes.1', /status_codes: found "ERR"/],
    ['status_code', { status_codes: 7 }, 'status_codes', /found 7, expected a list/],
    [
      'boolean_attribute',
      { key: 'k', value: 'true' },
      'value',
      /found "true", expected true or false/,
    ],
    ['string_attribute', { key: 5 }, 'key', /key: found 5, expected a text/],
  ])('says what the collector refuses of %s %j', (type, settings, path, message) => {
    expect(problemsOf({ name: 'p', type, [type]: settings })).toEqual([
      [
        `policies.0.${type}.${path}`,
        expect.objectContaining({ message: expect.stringMatching(message) }),
      ],
    ]);
  });

  it.each([
    ['latency', { threshold_ms: 2.5 }],
    ['latency', { threshold_ms: `\${env:T}` }],
    ['string_attribute', { key: 'k', values: 'a,b' }],
    ['status_code', { status_codes: [`\${env:C}`] }],
    ['rate_limiting', { spans_per_second: 35 }],
    ['an_extension', {}],
    [`\${env:TYPE}`, {}],
  ])('leaves aside what the collector takes: %s %j', (type, settings) => {
    expect(problemsOf({ name: 'p', type, [type]: settings })).toEqual([]);
  });

  it('knows the types of policies, down to sub-policies', () => {
    const sub = { type: 'probabilstic' };
    const problem = expect.objectContaining({
      message: 'type: found "probabilstic", expected a type of policy',
      known: expect.arrayContaining(['probabilistic', 'ottl_condition']),
      hint: 'did you mean "probabilistic"?',
    });
    expect(problemsOf(sub)).toEqual([['policies.0.type', problem]]);
    expect(problemsOf({ type: 'and', and: { and_sub_policy: [sub] } })).toEqual([
      ['policies.0.and.and_sub_policy.0.type', problem],
    ]);
    expect(problemsOf({ type: 'not', not: { not_sub_policy: sub } })).toEqual([
      ['policies.0.not.not_sub_policy.type', problem],
    ]);
  });

  it.each([null, 'x', {}, { type: 'latency', latency: 5 }])('refuses %j', (written) => {
    expect(problemsOf(written)).toHaveLength(1);
  });
});
