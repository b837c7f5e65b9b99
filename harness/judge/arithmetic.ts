import { formatCount } from '../lib/units.ts';
import { type Decision, decide, type FactValue, type SpanFacts } from '../pipeline/decide.ts';
import { probabilisticHash, probabilisticThreshold } from '../pipeline/thresholds.ts';
import type { PolicyRule, TailSampling } from '../pipeline/types.ts';

/** A decision with the numbers behind each policy's answer. */
export interface DecisionStory {
  readonly outcome: Decision['outcome'];
  /** The first policy that led to it; undefined where none did. */
  readonly policy: string | undefined;
  /** Spans that the policies looked at. */
  readonly spans: number;
  readonly answers: readonly PolicyStory[];
}

export interface PolicyStory {
  readonly policy: string;
  readonly type: PolicyRule['type'];
  readonly answer: Decision['outcome'];
  /** What was compared with what: `250 ms from first start to last end < 2,000 ms`. */
  readonly numbers: string;
}

/** Decides, and tells what each policy that was asked compared with what. */
export function tellDecision(
  sampling: TailSampling,
  traceId: string,
  spans: readonly SpanFacts[],
): DecisionStory {
  const { outcome, policy, answers } = decide(sampling, traceId, spans);
  return {
    outcome,
    policy,
    spans: spans.length,
    answers: answers.flatMap((answered) => {
      const rule = sampling.policies.find(({ name }) => name === answered.policy);
      if (!rule) return [];
      return { ...answered, type: rule.type, numbers: numbersOf(rule, traceId, spans) };
    }),
  };
}

function numbersOf(rule: PolicyRule, traceId: string, spans: readonly SpanFacts[]): string {
  switch (rule.type) {
    case 'always_sample':
      return 'always';
    case 'status_code':
      return `asks for ${rule.codes.map(statusName).join(' or ')}; found ${tally(spans.map((span) => statusName(span.statusCode)))}`;
    case 'latency':
      return latencyNumbers(rule, spans);
    case 'probabilistic':
      return probabilisticNumbers(rule, traceId);
    case 'span_count':
      return `${spans.length} spans; asks for at least ${rule.min}${rule.max > 0 ? `, at most ${rule.max}` : ''}`;
    case 'string_attribute': {
      const asked = rule.values.map((value) => JSON.stringify(value)).join(' or ');
      const how = rule.regex ? ' as pattern' : '';
      return attributeNumbers(rule, spans, `${asked}${how}`);
    }
    case 'numeric_attribute':
      return attributeNumbers(rule, spans, `${rule.min ?? 'any'} to ${rule.max ?? 'any'}`);
    case 'boolean_attribute':
      return attributeNumbers(rule, spans, String(rule.value));
    case 'and':
    case 'drop':
      return rule.rules.map((sub) => `(${numbersOf(sub, traceId, spans)})`).join(' and ');
    case 'not':
      return `not (${numbersOf(rule.rule, traceId, spans)})`;
    case 'trace_state':
      return `asks for ${rule.key} to be ${rule.values.join(' or ')}; no span has a trace state`;
    case 'trace_flags':
      return 'asks for the sampled flag; no span has flags';
    case 'ottl_condition':
      return `asks for ${rule.conditions.join(' or ')}`;
    case 'composite':
      return rule.parts
        .map(
          (part) =>
            `(${numbersOf(part.rule, traceId, spans)}, at most ${formatCount(part.spansPerSecond)} spans/s)`,
        )
        .join(' or else ');
    case 'rate_limiting':
      return `${spans.length} spans; fewer than ${formatCount(rule.spansPerSecond)} spans/s`;
    case 'bytes_limiting':
      return `at most ${formatCount(rule.bytesPerSecond)} bytes/s, ${formatCount(rule.burstBytes)} at once`;
    case 'unmodelled':
      return `${rule.written} is not modelled`;
  }
}

const statusNames = ['UNSET', 'OK', 'ERROR'];
export const statusName = (code: number): string => statusNames[code] ?? String(code);

/** `4 x UNSET, 1 x ERROR`; `nothing` of nothing. */
function tally(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, n]) => `${n} x ${text}`).join(', ') || 'nothing';
}

const nanosPerMs = 1e6;

function latencyNumbers(
  rule: { readonly thresholdMs: number; readonly upperThresholdMs: number },
  spans: readonly SpanFacts[],
): string {
  if (spans.length === 0) return 'no span, so no duration';
  const start = Math.min(...spans.map((span) => span.startOffsetNanos));
  const end = Math.max(...spans.map((span) => span.endOffsetNanos));
  const durationMs = Math.trunc((end - start) / nanosPerMs);
  const upper = rule.upperThresholdMs > 0 ? `, at most ${rule.upperThresholdMs} ms` : '';
  const sign = durationMs >= rule.thresholdMs ? '>=' : '<';
  return `${durationMs} ms from first start to last end ${sign} ${rule.thresholdMs} ms${upper}`;
}

const all64 = 2n ** 64n;
/** A share of all 64-bit numbers, in percent. */
const percentOf = (value: bigint): string =>
  `${(Number((value * 10n ** 7n) / all64) / 1e5).toFixed(3)} %`;
const hex = (value: bigint): string => `0x${value.toString(16).padStart(16, '0')}`;

function probabilisticNumbers(
  { percentage, salt }: { readonly percentage: number; readonly salt: string },
  traceId: string,
): string {
  const hash = probabilisticHash(salt, traceId);
  const threshold = probabilisticThreshold(percentage);
  const sign = hash <= threshold ? '<=' : '>';
  return `FNV-1a-64 of salt ${JSON.stringify(salt)} and trace id = ${hex(hash)} (${percentOf(hash)}) ${sign} ${hex(threshold)} (${percentage} %)`;
}

function attributeNumbers(
  { key, invert }: { readonly key: string; readonly invert: boolean },
  spans: readonly SpanFacts[],
  asked: string,
): string {
  const values = spans.flatMap((span) =>
    [span.resource?.[key], span.attributes?.[key]].filter((value) => value !== undefined),
  );
  const shown = (value: FactValue): string => JSON.stringify(value);
  return `asks for ${key} ${invert ? 'other than ' : ''}${asked}; found ${tally(values.map(shown))}`;
}
