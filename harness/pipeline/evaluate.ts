import { compileCondition, type OttlCondition } from '../collector/ottl.ts';
import { goRegExp } from '../lib/go-regexp.ts';
import { probabilisticHash, probabilisticThreshold } from './thresholds.ts';
import type { Limiter, PolicyRule } from './types.ts';

export type FactValue = string | number | boolean;
export type Facts = Readonly<Record<string, FactValue>>;

/** At least and at most so many. */
export interface Amount {
  readonly least: number;
  readonly most: number;
}

/** What policies look at, of one span. Times are nanoseconds since the run's start. */
export interface SpanFacts {
  readonly statusCode: number;
  readonly startOffsetNanos: number;
  readonly endOffsetNanos: number;
  readonly attributes: Facts | undefined;
  readonly resource: Facts | undefined;
  readonly name?: string;
  readonly kind?: number;
  /** How often it came, where that is more than once: what counts spans counts it each time. */
  readonly comings?: Amount | undefined;
  /** What it takes up in the sampler, with its share of what it came in. */
  readonly bytes?: Amount;
}

/** `unknown`: a policy that is not modelled, or whose answer hangs on the order of arrival. */
export type PolicyAnswer = 'sampled' | 'not-sampled' | 'dropped' | 'unknown';

/** A question to a limit: whether a trace of this size still has room. */
export interface Question extends Amount {
  /** Path of the policy that has the limit, by names and positions. */
  readonly limiter: string;
  readonly policy: string;
  readonly limit: Limit;
}

/** What may pass: spans in each second of the clock, or bytes by a token bucket. */
export type Limit =
  | { readonly of: 'spans'; readonly perSecond: number }
  | { readonly of: 'bytes'; readonly perSecond: number; readonly burst: number };

export interface Asked extends Question {
  /** Undefined where either is possible, or it was perhaps not asked at all. */
  readonly answer: boolean | undefined;
}

/** Answers a question to a limit; without one, whether an order of arrival is as it would take. */
export type Ask = (question: Question | undefined) => boolean;

interface Trace {
  readonly traceId: string;
  readonly spans: readonly SpanFacts[];
  readonly ask: Ask;
}

/**
 * What a policy answers of a trace (tailsamplingprocessor v0.152.0, internal/sampling).
 * @param path names the policy, and the sub-policy in it
 */
export function evaluate(rule: PolicyRule, trace: Trace, path: string): PolicyAnswer {
  const { traceId, spans } = trace;
  switch (rule.type) {
    case 'always_sample':
      return 'sampled';
    case 'status_code':
      return sampledIf(spans.some((span) => rule.codes.includes(span.statusCode)));
    case 'latency':
      return evaluateLatency(rule, trace);
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
      return evaluateAll(rule.rules, trace, path, 'sampled');
    case 'drop':
      return evaluateAll(rule.rules, trace, path, 'dropped');
    case 'not': {
      const answer = evaluate(rule.rule, trace, `${path}/0`);
      if (answer === 'sampled') return 'not-sampled';
      return answer === 'not-sampled' ? 'sampled' : answer;
    }
    case 'trace_state':
    case 'trace_flags':
      // What the bench sends has neither.
      return 'not-sampled';
    case 'ottl_condition':
      return evaluateConditions(rule, spans);
    case 'rate_limiting':
    case 'bytes_limiting':
      return sampledIf(hasRoom(limitOf(rule), trace, path));
    case 'composite':
      for (const [i, part] of rule.parts.entries()) {
        const own = `${path}/${part.name || i}`;
        const answer = evaluate(part.rule, trace, own);
        if (answer === 'unknown') return answer;
        if (answer !== 'sampled') continue;
        const limit = { of: 'spans', perSecond: part.spansPerSecond } as const;
        return sampledIf(hasRoom(limit, trace, own));
      }
      return 'not-sampled';
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

/** The first that says no ends it: what stands behind is not asked (and.go, drop.go). */
function evaluateAll(
  rules: readonly PolicyRule[],
  trace: Trace,
  path: string,
  yes: 'sampled' | 'dropped',
): PolicyAnswer {
  let all: PolicyAnswer = yes;
  for (const [i, rule] of rules.entries()) {
    const answer = evaluate(rule, trace, `${path}/${i}`);
    if (answer === 'not-sampled') return answer;
    if (answer === 'unknown') all = answer;
  }
  return all;
}

/** `rate_limiting` lets less through than it says, a composite's part just as much. */
function limitOf(rule: Limiter): Limit {
  if (rule.type === 'rate_limiting') return { of: 'spans', perSecond: rule.spansPerSecond - 1 };
  return { of: 'bytes', perSecond: rule.bytesPerSecond, burst: rule.burstBytes };
}

const noBytes = { least: 0, most: Number.POSITIVE_INFINITY };

/** What is larger than the limit itself never has. */
function hasRoom(limit: Limit, { spans, ask }: Trace, path: string): boolean {
  const ofSpan = (span: SpanFacts): Amount =>
    limit.of === 'bytes' ? (span.bytes ?? noBytes) : (span.comings ?? { least: 1, most: 1 });
  const total = (bound: keyof Amount): number =>
    spans.reduce((sum, span) => sum + ofSpan(span)[bound], 0);
  const size = { least: total('least'), most: total('most') };
  if (size.least > (limit.of === 'bytes' ? limit.burst : limit.perSecond)) return false;
  return ask({ limiter: path, policy: path.split('/')[0] ?? '', limit, ...size });
}

const conditionsOf = new WeakMap<PolicyRule, readonly OttlCondition[]>();

/** A span that fulfils one of the conditions (internal/sampling/ottl.go). */
function evaluateConditions(
  rule: Extract<PolicyRule, { type: 'ottl_condition' }>,
  spans: readonly SpanFacts[],
): PolicyAnswer {
  const compiled = conditionsOf.get(rule) ?? rule.conditions.map((c) => compileCondition(c));
  conditionsOf.set(rule, compiled);
  const answers = spans.flatMap(({ name = '', kind = 0, statusCode, attributes, resource }) => {
    const facts = {
      name,
      kind,
      statusCode,
      attributes: attributes ?? {},
      resource: resource ?? {},
    };
    return compiled.map((condition) => condition?.(facts));
  });
  if (answers.includes(true)) return 'sampled';
  return answers.includes(undefined) ? 'unknown' : 'not-sampled';
}

/**
 * Longest end minus earliest start, in whole milliseconds, `>=` the threshold. With an upper
 * threshold the processor answers after each span, so that the order of arrival counts once the
 * whole trace is above it: it is known only where no part of the trace lies between the two
 * (internal/sampling/latency.go).
 */
function evaluateLatency(
  rule: { thresholdMs: number; upperThresholdMs: number },
  { spans, ask }: Trace,
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
  if (spans.length <= fewSpans && !hasPartBetween(rule, spans)) return 'not-sampled';
  return sampledIf(ask(undefined));
}

/** More are not tried pair by pair. */
const fewSpans = 500;
const nanosPerMs = 1e6;

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
