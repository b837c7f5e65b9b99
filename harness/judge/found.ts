import type { WantedFinding } from '../scenario/words/found.ts';
import { inOrder } from './story/order.ts';
import type { CheckResult, Finding } from './types.ts';

/**
 * What a scenario that is broken on purpose must produce. Kinds alone: exactly these were found,
 * and nothing is unknown. With a component: each was found there by a check that failed, and the
 * first of them, in the order of causes, is one of these; others may be what followed from it.
 */
export function judgeFound(
  wanted: readonly WantedFinding[],
  results: readonly CheckResult[],
): CheckResult {
  return wanted.some(({ component }) => component !== undefined)
    ? judgeNamed(wanted, results)
    : judgeKinds(
        wanted.map(({ kind }) => kind),
        results,
      );
}

function judgeKinds(expected: readonly string[], results: readonly CheckResult[]): CheckResult {
  const found = [...new Set(results.flatMap((r) => r.findings.map((f) => f.kind as string)))];
  const absent = expected.filter((kind) => !found.includes(kind));
  const extra = found.filter((kind) => !expected.includes(kind));
  const unknown = results.some((result) => result.verdict === 'unknown');
  const exact = absent.length === 0 && extra.length === 0;
  return {
    name: 'found',
    subject: '',
    verdict: exact ? (unknown ? 'unknown' : 'pass') : unknown ? 'unknown' : 'fail',
    expected: `exactly ${expected.join(', ')}`,
    observed: found.length === 0 ? 'nothing' : found.join(', '),
    findings: [],
  };
}

function judgeNamed(wanted: readonly WantedFinding[], results: readonly CheckResult[]) {
  const failed = results.filter(({ verdict }) => verdict === 'fail');
  const findings = inOrder(failed).map(({ finding }) => finding);
  const [first] = findings;
  const isFirst = first !== undefined && wanted.some((one) => fits(first, one));
  const right = isFirst && wanted.every((one) => findings.some((finding) => fits(finding, one)));
  const open = failed.length === 0 && results.some(({ verdict }) => verdict === 'unknown');
  const observed = [...new Set(findings.map(placed))].join(', ');
  return {
    name: 'found',
    subject: '',
    verdict: right ? 'pass' : open ? 'unknown' : 'fail',
    expected: `first ${wanted.map(shown).join(', ')}`,
    observed: observed === '' ? 'nothing' : observed,
    findings: [],
  } satisfies CheckResult;
}

/** The kind, the place where one is asked for, and every name is said. */
function fits(finding: Finding, { kind, component, names }: WantedFinding): boolean {
  const said = `${finding.component} ${finding.cause} ${finding.why ?? ''}`;
  return (
    finding.kind === kind &&
    (component === undefined || finding.component === component || isPodOf(finding, component)) &&
    names.every((name) => said.includes(name))
  );
}

/** A pod is named for its tier: which of them it was is nobody's to know beforehand. */
const isPodOf = ({ hop, component }: Finding, tier: string): boolean =>
  hop === tier && component.startsWith(`${tier}-`);

const placed = ({ kind, component }: Finding): string =>
  component === '' ? kind : `${kind} at ${component}`;

const shown = ({ kind, component, names }: WantedFinding): string =>
  [kind, component && ` at ${component}`, names.length > 0 && ` naming ${names.join(' and ')}`]
    .filter((part) => part)
    .join('');
