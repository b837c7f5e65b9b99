import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decide, type SpanFacts } from '../../pipeline/decide.ts';
import { loadPipeline } from '../../pipeline/load.ts';
import { edit, files } from '../../pipeline/two-tier.testing.ts';
import type { Component } from '../../pipeline/types.ts';
import { describePolicy } from '../checks/promise.ts';
import { type Culprit, createTally, culpritsOf } from './blame.ts';
import type { Feature } from './relation.ts';

/** Classes as scenarios have them, and what is promised of each. */
const plain: Feature = { statusError: false, durationMs: undefined, attributes: {} };
const classes: Readonly<Record<string, { share: number; feature: Feature | undefined }>> = {
  error: { share: 1, feature: { ...plain, statusError: true } },
  slow: { share: 1, feature: { ...plain, durationMs: 2_500 } },
  flagged: { share: 1, feature: { ...plain, attributes: { 'sampling.priority': 'always_on' } } },
  failed: { share: 1, feature: { ...plain, attributes: { 'http.response.status_code': 503 } } },
  normal: { share: 0.05, feature: undefined },
};
const tracesOfClass = 4_000;

/** A trace of a class: three spans, of which the root says what tells it. */
function spansOf(feature: Feature = plain): SpanFacts[] {
  const endOffsetNanos = (feature.durationMs ?? 100) * 1e6;
  const span = { name: 'call', kind: 2, startOffsetNanos: 0, resource: {} };
  const child = { ...span, statusCode: 0, endOffsetNanos: 1e6, attributes: {} };
  const statusCode = feature.statusError ? 2 : 0;
  return [
    { ...span, statusCode, endOffsetNanos, attributes: { ...feature.attributes } },
    child,
    child,
  ];
}

/** The policies of the two-tier pipeline with one edit: what each class is found to be kept by. */
function culpritsWith(
  edits: Readonly<Record<string, unknown>>,
  name: string,
  inFront: readonly Component[] = [],
): readonly Culprit[] {
  const gateway = Object.entries(edits).map(([path, value]) =>
    edit('gateway', `spec.config.processors.tail_sampling.${path}`, value),
  );
  const sampling = loadPipeline('two-tier', files, gateway).tiers.find(
    ({ tailSampling }) => tailSampling,
  )?.tailSampling;
  if (!sampling) throw new Error('no sampler');
  const { share, feature } = classes[name] ?? { share: 1, feature: undefined };
  const answers = createTally();
  let kept = 0;
  for (let i = 0; i < tracesOfClass; i++) {
    const traceId = createHash('md5').update(String(i)).digest('hex');
    const decision = decide(sampling, traceId, spansOf(feature));
    answers.add(decision);
    if (decision.outcome === 'sampled') kept++;
  }
  const tooLittle = kept / tracesOfClass < share;
  const { policies } = sampling;
  return culpritsOf(answers, { share, tooLittle, kept, feature, policies, inFront });
}

const named = (culprits: readonly Culprit[]): string[] =>
  culprits.map((c) => `${c.why} ${'policy' in c ? c.policy.name : c.processor.id}`);

const numeric = (own: object) => ({
  'policies[4]': { name: 'keep-failed', type: 'numeric_attribute', numeric_attribute: own },
});
const latency = (own: object) => ({
  'policies[keep-slow]': { name: 'keep-slow', type: 'latency', latency: own },
});
const status = (...codes: string[]) => ({
  'policies[keep-errors]': {
    name: 'keep-errors',
    type: 'status_code',
    status_code: { status_codes: codes },
  },
});
const flag = (own: object, type = 'string_attribute') => ({
  'policies[keep-debug-flagged]': { name: 'keep-debug-flagged', type, [type]: own },
});
const dropping = (own: object) => ({
  'policies[4]': { name: 'drop-some', type: 'drop', drop: { drop_sub_policy: [own] } },
});
const added = (own: object) => ({ 'policies[4]': { name: 'added', ...own } });
const percent = (sampling_percentage: number) => ({
  'policies[sample-normal]': {
    name: 'sample-normal',
    type: 'probabilistic',
    probabilistic: { sampling_percentage },
  },
});
const onlyIf = (name: string, ...rules: object[]) => ({
  [`policies[${name}]`]: { name, type: 'and', and: { and_sub_policy: rules } },
});
const isError = {
  name: 'e',
  type: 'status_code',
  status_code: { status_codes: ['ERROR'] },
} as const;
const isSlow = { name: 's', type: 'latency', latency: { threshold_ms: 2_000 } } as const;
const isSome = {
  name: 'p',
  type: 'probabilistic',
  probabilistic: { sampling_percentage: 10 },
} as const;
const priority = 'sampling.priority';

describe('a planted defect of a policy', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    ['a status list that misses ERROR', 'error', status('OK'), 'misses keep-errors'],
    ['a status list that has UNSET', 'normal', status('ERROR', 'UNSET'), 'keeps keep-errors'],
    [
      'errors only where slow',
      'error',
      onlyIf('keep-errors', isError, isSlow),
      'misses keep-errors',
    ],
    [
      'a tenth of the errors',
      'error',
      onlyIf('keep-errors', isError, isSome),
      'misses keep-errors',
    ],
    ['a threshold in microseconds', 'slow', latency({ threshold_ms: 2e6 }), 'misses keep-slow'],
    ['a threshold in seconds', 'normal', latency({ threshold_ms: 2 }), 'keeps keep-slow'],
    [
      'an upper threshold below what is slow',
      'slow',
      latency({ threshold_ms: 2_000, upper_threshold_ms: 2_200 }),
      'misses keep-slow',
    ],
    [
      'a key misspelt',
      'flagged',
      flag({ key: 'sampling.prioirty', values: ['always_on'] }),
      'misses keep-debug-flagged',
    ],
    [
      'a value in upper case',
      'flagged',
      flag({ key: priority, values: ['ALWAYS_ON'] }),
      'misses keep-debug-flagged',
    ],
    [
      'a pattern that is not enabled',
      'flagged',
      flag({ key: priority, values: ['always_.*'] }),
      'misses keep-debug-flagged',
    ],
    [
      'a pattern that is anchored too short',
      'flagged',
      flag({ key: priority, values: ['^always$'], enabled_regex_matching: true }),
      'misses keep-debug-flagged',
    ],
    [
      'an inverted match that keeps everything',
      'normal',
      flag({ key: priority, values: ['always_on'], invert_match: true }),
      'keeps keep-debug-flagged',
    ],
    [
      'an inverted match that misses what it is about',
      'flagged',
      flag({ key: priority, values: ['always_on'], invert_match: true }),
      'misses keep-debug-flagged',
    ],
    [
      'a text asked as true or false',
      'flagged',
      flag({ key: priority, value: true }, 'boolean_attribute'),
      'misses keep-debug-flagged',
    ],
    [
      'a condition on a key misspelt',
      'flagged',
      flag(
        { error_mode: 'ignore', span: ['attributes["sampling.prioirty"] == "always_on"'] },
        'ottl_condition',
      ),
      'misses keep-debug-flagged',
    ],
    [
      'a trace state that nobody sets',
      'flagged',
      flag({ key: 'priority', values: ['always_on'] }, 'trace_state'),
      'misses keep-debug-flagged',
    ],
    [
      'a range that ends early',
      'failed',
      numeric({ key: 'http.response.status_code', min_value: 500, max_value: 502 }),
      'misses keep-failed',
    ],
    [
      'a key of old conventions',
      'failed',
      numeric({ key: 'http.status_code', min_value: 500, max_value: 599 }),
      'misses keep-failed',
    ],
    ['a drop policy that is too broad', 'error', dropping(isError), 'drops drop-some'],
    ['a drop policy that drops the slow', 'slow', dropping(isSlow), 'drops drop-some'],
    ['an always_sample left in', 'normal', added({ type: 'always_sample' }), 'keeps added'],
    [
      'a count of spans that all have',
      'normal',
      added({ type: 'span_count', span_count: { min_spans: 2 } }),
      'keeps added',
    ],
    [
      'a negation that keeps the others',
      'normal',
      added({ type: 'not', not: { not_sub_policy: isSlow } }),
      'keeps added',
    ],
    ['ten times the share', 'normal', percent(50), 'keeps sample-normal'],
    ['a ratio for a percentage', 'normal', percent(0.05), 'misses sample-normal'],
  ])('%s is named first', (_, className, edits, culprit) => {
    expect(named(culpritsWith(edits, className))[0]).toBe(culprit);
  });

  it('never is a policy that draws lots, because it is there', () => {
    const edits = { ...status('OK'), ...latency({ threshold_ms: 2e6 }) };
    for (const name of ['error', 'slow']) {
      expect(named(culpritsWith(edits, name)).join()).not.toContain('sample-normal');
    }
    expect(named(culpritsWith(added({ type: 'always_sample' }), 'normal'))).toEqual([
      'keeps added',
    ]);
  });

  it('is shown where it was set for this run, be it deep in its policy', () => {
    const path = 'policies[sample-normal].probabilistic.sampling_percentage';
    const [first] = culpritsWith({ [path]: 0.05 }, 'normal');
    const policy = first && 'policy' in first ? first.policy : undefined;
    expect(policy && describePolicy(policy)).toContain('0.05, set by s.yaml:8:5');
  });

  it('that nothing is about names nobody', () => {
    const others = [isSlow, isSome].map((policy) => ({ ...policy }));
    expect(culpritsWith({ policies: others }, 'error')).toEqual([]);
  });
});

describe('a processor in front of the policies', () => {
  const place = { file: 'agent.yaml', line: 40, column: 9 };
  const processor = (action: object): Component => ({
    kind: 'processors',
    id: 'attributes/clean',
    type: 'attributes',
    config: { actions: [action] },
    place,
  });
  const nothingKept = flag({ key: 'gone', values: ['x'] });

  it.each([
    [{ key: priority, action: 'delete' }, true],
    [{ key: priority, action: 'hash' }, true],
    [{ key: priority, action: 'update', value: 'off' }, true],
    [{ key: priority, action: 'update', value: 'always_on' }, false],
    [{ key: 'db.statement', action: 'delete' }, false],
  ])('%j is named where it changes what tells the class: %s', (action, isNamed) => {
    const culprits = culpritsWith(nothingKept, 'flagged', [processor(action)]);
    expect(named(culprits).includes('edits attributes/clean')).toBe(isNamed);
  });
});
