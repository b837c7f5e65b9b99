import type { AlertAnswer } from '../../evidence/types.ts';
import { formatMs } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { findingsOf } from '../collect.ts';
import type { CheckResult } from '../types.ts';
import { type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

type AlertedExpectation = ExpectationOf<'alerted' | 'notAlerted'>;

/**
 * Whether a rule of the pipeline's own fired in the run's Prometheus, and why it did not. One that
 * was true before anything was sent tells of nothing that was done.
 */
export function createAlertedCheck(
  { check, alert }: AlertedExpectation,
  { evidence, pipeline }: JudgeContext,
): Watcher {
  const rules = (evidence.answers?.alerts ?? []).filter((one) => one.alert === alert);
  const own = pipeline.rules?.alerts.find((one) => one.alert === alert);
  const place = { hop: 'alerts', component: `${own?.from ?? ''}/${alert}` };
  const { startMs } = evidence.facts;
  const told = (atMs: number): string =>
    atMs < startMs
      ? `${formatMs(startMs - atMs)} before the load`
      : `${formatMs(atMs - startMs)} into the load`;
  /** It has to be true for so long before it fires. */
  const isOlder = ({ firingMs = startMs, holdsForMs }: AlertAnswer): boolean =>
    firingMs - holdsForMs < startMs;
  const conclude = (): Omit<CheckResult, 'name' | 'subject' | 'expected'> => {
    const gap = gapOf(rules);
    const fired = earliest(rules.map(({ firingMs }) => firingMs));
    if (fired !== undefined && check === 'alerted' && rules.every(isOlder)) {
      const cause = 'it was true before the load began: whether what was done made it fire is open';
      const findings = findingsOf({ ...place, kind: 'evidence-missing', cause, atMs: fired });
      return { verdict: 'unknown', observed: `it fired ${told(fired)}; ${cause}`, findings };
    }
    if (fired !== undefined) {
      const observed = `it fired ${told(fired)}`;
      const cause = 'it fired';
      const found = findingsOf({
        ...place,
        kind: 'false-alarm',
        cause,
        why: observed,
        atMs: fired,
      });
      return check === 'alerted'
        ? { verdict: 'pass', observed, findings: [] }
        : { verdict: 'fail', observed, findings: found };
    }
    if (gap !== undefined) {
      const findings = findingsOf({ ...place, kind: 'evidence-missing', cause: gap });
      return { verdict: 'unknown', observed: gap, findings };
    }
    const why = rules.map((rule) => whySilent(rule, told)).join('; ');
    if (check === 'alerted') {
      const findings = findingsOf({ ...place, kind: 'not-alerted', cause: 'it never fired', why });
      return { verdict: 'fail', observed: `it never fired: ${why}`, findings };
    }
    // What can't be evaluated proves nothing by its silence.
    const failing = rules.some(({ error }) => error !== undefined);
    const open = failing ? findingsOf({ ...place, kind: 'evidence-missing', cause: why }) : [];
    return {
      verdict: verdictOf(false, failing),
      observed: `it never fired: ${why}`,
      findings: open,
    };
  };
  return {
    openedBy: ['bench'],
    finish: () => ({
      name: check,
      subject: alert,
      expected: check === 'alerted' ? 'it fires' : 'it never fires',
      ...conclude(),
    }),
  };
}

const earliest = (moments: readonly (number | undefined)[]): number | undefined => {
  const known = moments.filter((atMs) => atMs !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};

/** Why nothing can be said of rules that are silent. */
function gapOf(rules: readonly AlertAnswer[]): string | undefined {
  if (rules.length === 0) return 'Prometheus was not asked of it, or did not answer';
  const idle = rules.every(({ evaluatedMs }) => evaluatedMs === undefined);
  return idle ? 'Prometheus never evaluated it' : undefined;
}

/** The first of what keeps a rule silent that can be seen. */
function whySilent(
  { error, pendingMs, holdsForMs, metrics }: AlertAnswer,
  told: (atMs: number) => string,
): string {
  if (error !== undefined) return `its evaluation fails: ${error}`;
  if (pendingMs !== undefined) {
    return `it was true ${told(pendingMs)} and has to be so for ${formatMs(holdsForMs)}`;
  }
  const absent = Object.entries(metrics).flatMap(([name, count]) => (count === 0 ? name : []));
  if (absent.length === 0) return 'its expression was never true';
  return `no series is called ${absent.join(' or ')}`;
}
