import type { CheckResult, Gap, Outcome } from './types.ts';

/** What a check says, and the gaps of the evidence that make its fail unknown. */
export interface Openable {
  readonly result: CheckResult;
  readonly openedBy: readonly Gap[];
}

/** Missing evidence can only lead to unknown: a gap that one check found opens what others say. */
export function weigh(results: readonly Openable[]): CheckResult[] {
  const gaps = new Set(
    results.flatMap(({ result }) => result.findings.flatMap(({ gap }) => gap ?? [])),
  );
  return results.map(({ result, openedBy }) =>
    result.verdict === 'fail' && openedBy.some((gap) => gaps.has(gap))
      ? { ...result, verdict: 'unknown' }
      : result,
  );
}

const order: readonly Outcome[] = ['pass', 'unknown', 'fail'];

/** Worst wins: fail over unknown over pass. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return order[Math.max(0, ...outcomes.map((outcome) => order.indexOf(outcome)))] ?? 'unknown';
}
