import { findingsOf } from './collect.ts';
import type { FindingKind } from './findings.ts';
import type { CheckResult, Finding, Gap, Outcome } from './types.ts';

/** What a check says, and the gaps of the evidence that make its fail unknown. */
export interface Openable {
  readonly result: CheckResult;
  readonly openedBy: readonly Gap[];
}

/**
 * Missing evidence can only lead to unknown: a gap that one check found opens what others say.
 * Where the bench itself was late, what hangs on time is open, and what a configuration refuted, or
 * the record shows by itself, stands.
 */
export function weigh(results: readonly Openable[]): CheckResult[] {
  const all = results.flatMap(({ result }) => result.findings);
  const gaps = new Set(all.filter((one) => !isStarving(one)).flatMap(({ gap }) => gap ?? []));
  const isStarved = all.some(isStarving);
  const isSlowed = ({ result: { verdict, findings }, openedBy }: Openable): boolean =>
    isStarved &&
    verdict === 'fail' &&
    openedBy.includes('bench') &&
    findings.length > 0 &&
    findings.every(({ kind }) => ofSlowness.has(kind));
  const isOpened = ({ result, openedBy }: Openable): boolean =>
    openedBy.some((gap) => gaps.has(gap) && (gap !== 'bench' || result.findings.every(isOfTime)));
  const opens = results.map(
    (one) => isSlowed(one) || (one.result.verdict === 'fail' && isOpened(one)),
  );
  const hangsOnTime = results.some(isSlowed);
  return results.map(({ result }, i) =>
    withReason(
      opens[i] ? { ...result, verdict: 'unknown' } : hangsOnTime ? result : withoutStarving(result),
    ),
  );
}

/** What held on a starved machine holds elsewhere: where nothing hangs on it, no word of it. */
const withoutStarving = (result: CheckResult): CheckResult => ({
  ...result,
  findings: result.findings.filter((one) => !isStarving(one)),
});

/** What a starved machine, or a backend that died, may bring about whatever the manifests say. */
const ofTime: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'split-by-outage',
  'split-by-refusal',
  'cut-by-restart',
  'stale-ring',
  'ring-empty-at-start',
  'decided-before-complete',
  'evicted-before-decision',
  'refused-at-entry',
  'refused-by-gateway',
  'refused-by-backend',
  'dropped-by-exporter',
  'duplicated',
  'late-span-lost',
  'late-span-orphaned',
  'visible-too-late',
  'not-in-backend',
  'not-scraped',
  'scrape-missed',
  'load-not-offered',
  'still-retrying',
  'evidence-missing',
]);

/**
 * What slowness alone brings about, if it lasts: where something was refused or dropped as well, by
 * a fault or a full queue, that is what a starved machine is not asked for.
 */
const ofSlowness: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'decided-before-complete',
  'duplicated',
  'late-span-lost',
  'late-span-orphaned',
  'visible-too-late',
]);

const isStarving = ({ kind }: Finding): boolean => kind === 'machine-starved';

const isOfTime = ({ kind }: Finding): boolean => ofTime.has(kind);

/** Who reads "unknown" is told why: a check that has no finding of its own says what it saw. */
function withReason(result: CheckResult): CheckResult {
  if (result.verdict !== 'unknown' || result.findings.length > 0) return result;
  const { name, subject, observed } = result;
  const cause = `${[name, subject].filter((text) => text).join(' ')}: ${observed}`;
  const fix = 'see what else was found; else more load, or more time, lets these checks tell';
  const findings = findingsOf({ kind: 'evidence-missing', hop: 'checks', cause, fix });
  return { ...result, findings };
}

const order: readonly Outcome[] = ['pass', 'unknown', 'fail'];

/** Worst wins: fail over unknown over pass. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return order[Math.max(0, ...outcomes.map((outcome) => order.indexOf(outcome)))] ?? 'unknown';
}
