import { type Ask, type Asked, evaluate, type PolicyAnswer, type SpanFacts } from './evaluate.ts';
import type { Policy, TailSampling } from './types.ts';

export type { Asked, Facts, FactValue, PolicyAnswer, SpanFacts } from './evaluate.ts';

export interface Decision {
  /** `open`: a policy that limits a rate turns it, by what else was decided before. */
  readonly outcome: PolicyAnswer | 'open';
  /** The first policy that led to it; undefined where none did. */
  readonly policy: string | undefined;
  readonly answers: readonly { readonly policy: string; readonly answer: PolicyAnswer }[];
  /** What was asked of limits. */
  readonly asked: readonly Asked[];
  /** Every way in which it may have been decided, by what the limits say; none but where open. */
  readonly ways: readonly Decision[];
}

/** What nobody can say: the rules or what they look at are not modelled. */
export const undecidable: Decision = {
  outcome: 'unknown',
  policy: undefined,
  answers: [],
  asked: [],
  ways: [],
};

/**
 * What `tail_sampling` decides for the spans that it holds of one trace.
 * Drop policies are asked first; Dropped wins over Sampled over NotSampled, and policies are
 * otherwise independent (tailsamplingprocessor v0.152.0, processor.go, makeDecision). Limits are
 * asked whichever way turns the outcome: with each answer that they can give.
 */
export function decide(
  sampling: TailSampling,
  traceId: string,
  spans: readonly SpanFacts[],
): Decision {
  const ways: Decision[] = [];
  let script: readonly boolean[] | undefined = [];
  while (script) {
    if (ways.length === mostWays) return undecidable;
    const answered: boolean[] = [];
    const asked: Asked[] = [];
    const ask: Ask = (limit) => {
      const answer: boolean = script?.[answered.length] ?? true;
      answered.push(answer);
      if (limit) asked.push({ ...limit, answer });
      return answer;
    };
    const way = decideOnce(sampling, traceId, spans, ask);
    // Where an answer is not known, neither is what was asked besides.
    const isSure = way.answers.every(({ answer }) => answer !== 'unknown');
    const own = isSure ? asked : asked.map((a) => ({ ...a, answer: undefined }));
    ways.push({ ...way, asked: own, ways: [] });
    script = nextScript(answered);
  }
  return merged(ways);
}

/** With more limits than so many ways come of nobody can tell. */
const mostWays = 64;

/** The next combination of answers to try: the last `true` becomes `false`. */
function nextScript(answered: readonly boolean[]): boolean[] | undefined {
  const turned = answered.lastIndexOf(true);
  return turned < 0 ? undefined : [...answered.slice(0, turned), false];
}

/** The ways that end as was seen, as one. */
export function resolved(decision: Decision, sampled: boolean): Decision {
  const ways = decision.ways.filter((way) => (way.outcome === 'sampled') === sampled);
  return ways.length > 0 ? merged(ways) : undecidable;
}

/** What several ways have in common; what they differ in is open. */
function merged(ways: readonly Decision[]): Decision {
  const [first = undecidable] = ways;
  if (ways.length < 2) return first;
  const isSame = ways.every(({ outcome }) => outcome === first.outcome);
  const limits = new Map(ways.flatMap(({ asked }) => asked.map((a) => [a.limiter, a] as const)));
  const asked = [...limits.values()].map((limit) => {
    const answers = new Set(
      ways.map((way) => way.asked.find(({ limiter }) => limiter === limit.limiter)?.answer),
    );
    return { ...limit, answer: answers.size === 1 ? limit.answer : undefined };
  });
  if (ways.some(({ outcome }) => outcome === 'unknown')) return { ...undecidable, asked };
  if (isSame) return { ...first, asked };
  return { ...first, outcome: 'open', policy: undefined, asked, ways };
}

function decideOnce(
  sampling: TailSampling,
  traceId: string,
  spans: readonly SpanFacts[],
  ask: Ask,
): Pick<Decision, 'outcome' | 'policy' | 'answers'> {
  const ordered = [...sampling.policies].sort((a, b) => rank(a) - rank(b));
  const answers: { policy: string; answer: PolicyAnswer }[] = [];
  for (const policy of ordered) {
    const answer = evaluate(policy, { traceId, spans, ask }, policy.name);
    answers.push({ policy: policy.name, answer });
    if (answer === 'dropped' || (answer === 'sampled' && sampling.sampleOnFirstMatch)) break;
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
