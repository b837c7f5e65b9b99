import { goRegExp } from '../lib/go-regexp.ts';
import { probabilisticHash, probabilisticThreshold } from './thresholds.ts';
import type { Policy, PolicyRule, TailSampling } from './types.ts';

export type FactValue = string | number | boolean;
export type Facts = Readonly<Record<string, FactValue>>;

/** What policies look at, of one span. Times are nanoseconds since the run's start. */
export interface SpanFacts {
  readonly statusCode: number;
  readonly startOffsetNanos: number;
  readonly endOffsetNanos: number;
  readonly attributes: Facts | undefined;
  readonly resource: Facts | undefined;
  /** How often it came, where that is more than once: what counts spans counts it each time. */
  readonly comings?: { readonly least: number; readonly most: number } | undefined;
}

/** `unknown`: a policy that is not modelled, or whose answer hangs on the order of arrival. */
export type PolicyAnswer = 'sampled' | 'not-sampled' | 'dropped' | 'unknown';

export interface Decision {
  readonly outcome: PolicyAnswer;
  /** The first policy that led to it; undefined where none did. */
  readonly policy: string | undefined;
  readonly answers: readonly { readonly policy: string; readonly answer: PolicyAnswer }[];
}

const nanosPerMs = 1e6;

/**
 * What `tail_sampling` decides for the spans that it holds of one trace.
 * Drop policies are asked first; Dropped wins over Sampled over NotSampled, and policies are
 * otherwise independent (tailsamplingprocessor v0.152.0, processor.go, makeDecision).
 */
export function decide(
  sampling: TailSampling,
  traceId: string,
  spans: readonly SpanFacts[],
): Decision {
  const ordered = [...sampling.policies].sort((a, b) => rank(a) - rank(b));
  const answers: { policy: string; answer: PolicyAnswer }[] = [];
  for (const policy of ordered) {
    const answer = evaluate(policy, traceId, spans);
    answers.push({ policy: policy.name, answer });
    if (answer === 'dropped') break;
  }
  const first = (wanted: PolicyAnswer) => answers.find(({ answer }) => answer === wanted)?.policy;
  const dropped = first('dropped');
  if (dropped !== undefined) return { outcome: 'dropped', policy: dropped, answers };
  const unsure = answers.some(
    ({ policy, answer }) => answer === 'unknown' && isDrop(ordered, policy),
  );
  const sampled = first('sampled');
  if (sampled !== undefined && !unsure) return { outcome: 'sampled', policy: sampled, answers };
  if (first('unknown') !== undefined) return { outcome: 'unknown', policy: undefined, answers };
  return { outcome: 'not-sampled', policy: undefined, answers };
}

const rank = (policy: Policy): number => (policy.type === 'drop' ? 0 : 1);

const isDrop = (policies: readonly Policy[], name: string): boolean =>
  policies.some((policy) => policy.name === name && policy.type === 'drop');

function evaluate(rule: PolicyRule, traceId: string, spans: readonly SpanFacts[]): PolicyAnswer {
  switch (rule.type) {
    case 'always_sample':
      return 'sampled';
    case 'status_code':
      return sampledIf(spans.some((span) => rule.codes.includes(span.statusCode)));
    case 'latency':
      return evaluateLatency(rule, spans);
    case 'probabilistic':
      return sampledIf(
        probabilisticHash(rule.salt, traceId) <= probabilisticThreshold(rule.percentage),
      );
    case 'span_count':
      return evaluateCount(rule, spans);
    case 'string_attribute': {
      const matches = matcherOf(rule);
      return matches ? evaluateAttribute(spans, rule.key, rule.invert, matches) : 'unknown';
    }
    case 'numeric_attribute':
      return evaluateAttribute(spans, rule.key, rule.invert, (value) => {
        const number = typeof value === 'number' && Number.isInteger(value) ? value : 0;
        return number >= (rule.min ?? -Infinity) && number <= (rule.max ?? Infinity);
      });
    case 'boolean_attribute':
      return evaluateAttribute(
        spans,
        rule.key,
        rule.invert,
        (value) => (value === true) === rule.value,
      );
    case 'and':
      return evaluateAll(rule.rules, traceId, spans, 'sampled');
    case 'drop':
      return evaluateAll(rule.rules, traceId, spans, 'dropped');
    case 'not': {
      const answer = evaluate(rule.rule, traceId, spans);
      if (answer === 'sampled') return 'not-sampled';
      return answer === 'not-sampled' ? 'sampled' : answer;
    }
    case 'unmodelled':
      return 'unknown';
  }
}

/** Spans are counted as they come, a repeated one again (processor.go, processTraces). */
function evaluateCount(
  { min, max }: { readonly min: number; readonly max: number },
  spans: readonly SpanFacts[],
): PolicyAnswer {
  const keeps = (count: number): boolean => count >= min && (max === 0 || count <= max);
  const count = (bound: 'least' | 'most'): number =>
    spans.reduce((sum, { comings }) => sum + (comings?.[bound] ?? 1), 0);
  const [least, most] = [count('least'), count('most')];
  for (let n = least; n <= most; n++) if (keeps(n) !== keeps(least)) return 'unknown';
  return sampledIf(keeps(least));
}

const sampledIf = (condition: boolean): PolicyAnswer => (condition ? 'sampled' : 'not-sampled');

function evaluateAll(
  rules: readonly PolicyRule[],
  traceId: string,
  spans: readonly SpanFacts[],
  yes: 'sampled' | 'dropped',
): PolicyAnswer {
  const answers = rules.map((rule) => evaluate(rule, traceId, spans));
  if (answers.includes('not-sampled')) return 'not-sampled';
  return answers.includes('unknown') ? 'unknown' : yes;
}

/**
 * Longest end minus earliest start, in whole milliseconds, `>=` the threshold. With an upper
 * threshold the processor answers after each span, so that the order of arrival counts once the
 * whole trace is above it: it is known only where no part of the trace lies between the two
 * (internal/sampling/latency.go).
 */
function evaluateLatency(
  rule: { thresholdMs: number; upperThresholdMs: number },
  spans: readonly SpanFacts[],
): PolicyAnswer {
  if (spans.length === 0) return 'not-sampled';
  const start = Math.min(...spans.map((span) => span.startOffsetNanos));
  const end = Math.max(...spans.map((span) => span.endOffsetNanos));
  const durationMs = Math.trunc((end - start) / nanosPerMs);
  if (rule.upperThresholdMs === 0) return sampledIf(durationMs >= rule.thresholdMs);
  if (durationMs <= rule.thresholdMs || rule.upperThresholdMs <= rule.thresholdMs) {
    return 'not-sampled';
  }
  if (durationMs <= rule.upperThresholdMs) return 'sampled';
  return spans.length > fewSpans || hasPartBetween(rule, spans) ? 'unknown' : 'not-sampled';
}

/** More are not tried pair by pair. */
const fewSpans = 500;

/** Any part of a trace lasts from the start of one of its spans to the end of one. */
const hasPartBetween = (
  rule: { thresholdMs: number; upperThresholdMs: number },
  spans: readonly SpanFacts[],
): boolean =>
  spans.some((a) =>
    spans.some((b) => {
      if (a.startOffsetNanos > b.startOffsetNanos || a.endOffsetNanos > b.endOffsetNanos) {
        return false;
      }
      const ms = Math.trunc((b.endOffsetNanos - a.startOffsetNanos) / nanosPerMs);
      return rule.thresholdMs < ms && ms <= rule.upperThresholdMs;
    }),
  );

type Matches = (value: FactValue, of: 'resource' | 'span') => boolean;

/**
 * Attribute policies ask the resource and each span. Inverted ones answer Sampled unless a value
 * matches (internal/sampling/util.go). Types other than the asked one read as "", 0 or false.
 */
function evaluateAttribute(
  spans: readonly SpanFacts[],
  key: string,
  invert: boolean,
  matches: Matches,
): PolicyAnswer {
  const matched = spans.some(({ resource, attributes }) => {
    const [shared, own] = [resource?.[key], attributes?.[key]];
    return (
      (shared !== undefined && matches(shared, 'resource')) ||
      (own !== undefined && matches(own, 'span'))
    );
  });
  return sampledIf(matched !== invert);
}

type StringRule = Extract<PolicyRule, { type: 'string_attribute' }>;

/** Matchers by the rule that they were made of. */
const matchers = new WeakMap<StringRule, { readonly matches: Matches | undefined }>();

function matcherOf(rule: StringRule): Matches | undefined {
  const known = matchers.get(rule) ?? { matches: stringMatcher(rule) };
  matchers.set(rule, known);
  return known.matches;
}

/**
 * A pattern is also asked of a resource's "", though never of a span's
 * (internal/sampling/string_tag_filter.go). Undefined where a pattern is not modelled.
 */
function stringMatcher(rule: StringRule): Matches | undefined {
  const textOf = (value: FactValue): string => (typeof value === 'string' ? value : '');
  if (!rule.regex) {
    const values = new Set(rule.values.filter((value) => value !== ''));
    return (value) => values.has(textOf(value));
  }
  const patterns = rule.values.flatMap((value) => goRegExp(value) ?? []);
  if (patterns.length < rule.values.length) return undefined;
  return (value, of) => {
    const asked = textOf(value);
    if (of === 'span' && asked === '') return false;
    return patterns.some((pattern) => pattern.test(asked));
  };
}
