import type { CheckResult, Finding, Verdict } from '../judge/types.ts';
import type { Report } from './html.ts';
import { escapeText } from './markup.ts';
import {
  exampleWords,
  failsAsWanted,
  followsText,
  headline,
  labelOf,
  pageOf,
  placeOf,
  wantedKinds,
} from './summary.ts';

/**
 * One test suite for the run, one test case a check: `unknown` is an error, `fail` a failure. What
 * fails as a scenario that is broken on purpose must have it is neither: its `found` check tells.
 */
export function renderJunit({ verdict, timeline }: Report): string {
  const wanted = wantedKinds(verdict);
  const cases = verdict.checks.map((check) => ({
    check,
    outcome: failsAsWanted(check, wanted) ? ('pass' as const) : check.verdict,
  }));
  const count = (outcome: string): number => cases.filter((c) => c.outcome === outcome).length;
  const time = ((verdict.timings.total ?? 0) / 1_000).toFixed(3);
  const counts = `tests="${cases.length}" failures="${count('fail')}" errors="${count('unknown')}" skipped="0" time="${time}"`;
  const started = timeline
    ? ` timestamp="${new Date(timeline.startMs).toISOString().slice(0, 19)}"`
    : '';
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="otel-pipeline-bench" ${counts}>`,
    `  <testsuite name="${text(verdict.scenario)}" ${counts}${started}>`,
    '    <properties>',
    ...propertiesOf(verdict).map(
      ([name, value]) => `      <property name="${text(name)}" value="${text(value)}"/>`,
    ),
    '    </properties>',
    ...cases.flatMap(({ check, outcome }) => caseLines(verdict, check, outcome)),
    `    <system-out>${text(`${headline(verdict)}\nagain: ${verdict.rerun}`)}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

const propertiesOf = (verdict: Verdict): (readonly [string, string])[] => [
  ['verdict', verdict.verdict],
  ['pipeline', verdict.pipeline],
  ['runtime', verdict.runtime],
  ['seed', String(verdict.seed)],
  ['planHash', verdict.planHash],
  ...Object.entries(verdict.versions).map(([name, v]) => [`version.${name}`, v] as const),
];

function caseLines(
  { scenario }: Verdict,
  check: CheckResult,
  outcome: CheckResult['verdict'],
): string[] {
  const open = `    <testcase classname="${text(scenario)}" name="${text(labelOf(check))}" time="0"`;
  const details = check.findings.map(findingText).join('\n\n');
  if (outcome === 'pass') {
    if (details === '') return [`${open}/>`];
    return [`${open}>`, `      <system-out>${text(details)}</system-out>`, '    </testcase>'];
  }
  const element = outcome === 'fail' ? 'failure' : 'error';
  const message = `${check.observed}; expected ${check.expected}`;
  return [
    `${open}>`,
    `      <${element} type="${text(typeOf(check))}" message="${text(message)}">${text(details)}</${element}>`,
    '    </testcase>',
  ];
}

const typeOf = ({ findings, name }: CheckResult): string =>
  [...new Set(findings.map(({ kind }) => kind))].join(' ') || name;

function findingText(finding: Finding): string {
  const { kind, cause, why, count, examples, fix } = finding;
  return [
    `${kind} at ${placeOf(finding)}: ${cause} (${count})`,
    ...(finding.follows ? [`  ${followsText(finding)}`] : []),
    ...examples.map(
      ({ traceId, spanId, note }) =>
        `  ${exampleWords({ traceId }).whole} ${traceId}${spanId ? ` ${exampleWords({ traceId }).part} ${spanId}` : ''}${note ? `: ${note}` : ''}`,
    ),
    ...(why === undefined ? [] : [`  why: ${why}`]),
    `  fix: ${fix}`,
    `  page: ${pageOf(kind)}`,
  ].join('\n');
}

/** XML knows no control characters but tab and line breaks, and no halves of letters. */
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get in
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const text = (value: string): string => escapeText(value.replace(forbidden, '\ufffd'));
