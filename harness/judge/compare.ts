import type { Accounting, LogAccounting, Outcome, PointAccounting, Verdict } from './types.ts';

/** A bucket that does not hold as many items in one run as in another. */
export interface BucketDifference {
  readonly bucket: string;
  readonly left: number;
  readonly right: number;
}

/**
 * Buckets of spans, log records and metric points, and what is counted beside them, that two runs
 * differ in.
 */
export function compareBuckets(left: Verdict, right: Verdict): BucketDifference[] {
  const [own, other] = [bucketsOf(left), bucketsOf(right)];
  return [...new Set([...own.keys(), ...other.keys()])].flatMap((bucket) => {
    const counts = { left: own.get(bucket) ?? 0, right: other.get(bucket) ?? 0 };
    return counts.left === counts.right ? [] : { bucket, ...counts };
  });
}

/** A check that came out otherwise in one run than in another. */
export interface CheckDifference {
  /** With its subject: `kept error`. */
  readonly check: string;
  /** Undefined where that run asked no such thing. */
  readonly left: Outcome | undefined;
  readonly right: Outcome | undefined;
}

/** Checks that two runs differ in, in the order of the first. */
export function compareChecks(left: Verdict, right: Verdict): CheckDifference[] {
  const [own, other] = [outcomesOf(left), outcomesOf(right)];
  return [...new Set([...own.keys(), ...other.keys()])].flatMap((check) => {
    const outcomes = { left: own.get(check), right: other.get(check) };
    return outcomes.left === outcomes.right ? [] : { check, ...outcomes };
  });
}

/** One thing may be asked twice, as with different shares: the second is told by its number. */
function outcomesOf({ checks }: Verdict): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { name, subject, verdict } of checks) {
    const check = `${name} ${subject}`.trim();
    let [key, number] = [check, 1];
    while (outcomes.has(key)) key = `${check} (${++number})`;
    outcomes.set(key, verdict);
  }
  return outcomes;
}

/** How many buckets of either run hold anything. */
export const filledBuckets = (left: Verdict, right: Verdict): number =>
  new Set([...bucketsOf(left), ...bucketsOf(right)].flatMap(([name, n]) => (n > 0 ? name : [])))
    .size;

function bucketsOf({ accounting, logs, metricPoints }: Verdict): Map<string, number> {
  const { notSampled } = accounting;
  const policies = Object.entries(notSampled.byDropPolicy);
  return new Map([
    ...common('spans', accounting),
    ['spans not sampled by any policy', notSampled.byNone],
    ...policies.map(([name, n]): [string, number] => [`spans dropped by policy ${name}`, n]),
    ['spans late', accounting.late],
    ['spans indeterminate', accounting.indeterminate],
    ...common('log records', logs),
    // A verdict of before points were accounted for has none.
    ...(metricPoints ? common('metric points', metricPoints) : []),
  ]);
}

function common(
  what: string,
  counts: Accounting | LogAccounting | PointAccounting,
): [string, number][] {
  return [
    [`${what} planned`, counts.planned],
    [`${what} not offered`, counts.notOffered],
    [`${what} refused`, counts.refused],
    [`${what} unanswered and unseen`, counts.unseen],
    ...counts.filtered.map(({ processor, spans }): [string, number] => [
      `${what} filtered by ${processor}`,
      spans,
    ]),
    // A verdict of before this bucket was counted has none.
    ...(counts.ended ?? []).map(({ exporter, spans }): [string, number] => [
      `${what} ended in ${exporter}`,
      spans,
    ]),
    [`${what} delivered`, counts.delivered],
    ...counts.lost.map(({ hop, cause, spans }): [string, number] => [
      `${what} lost at ${hop}, ${cause}`,
      spans,
    ]),
    [`${what} unexplained`, counts.unexplained],
    ...('duplicated' in counts
      ? ([
          [`${what} duplicated`, counts.duplicated],
          [`${what} altered`, counts.altered],
        ] as [string, number][])
      : []),
  ];
}
