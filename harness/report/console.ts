import { findings } from '../judge/findings.ts';
import type { CheckResult, Finding, Outcome, Verdict } from '../judge/types.ts';
import { formatCount } from '../lib/units.ts';

const marks: Readonly<Record<Outcome, string>> = { pass: '✔', fail: '✘', unknown: '?' };

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly of: (outcome: Outcome, text: string) => string;
}

const code = (n: number) => (text: string) => `\u001b[${n}m${text}\u001b[0m`;
const plain = (text: string): string => text;
const colours: Readonly<Record<Outcome, (text: string) => string>> = {
  pass: code(32),
  fail: code(31),
  unknown: code(33),
};

/** Colours for a terminal, or none. */
export const paint = (colour: boolean): Paint =>
  colour
    ? { bold: code(1), dim: code(2), of: (outcome, text) => colours[outcome](text) }
    : { bold: plain, dim: plain, of: (_, text) => text };

/** A verdict that fits one screen: checks, what was found, where every span ended, what next. */
export function renderConsole(verdict: Verdict, runFolder: string, style: Paint): string {
  const title = `${verdict.scenario} on ${verdict.pipeline} (${verdict.runtime}, seed ${verdict.seed})`;
  return [
    '',
    `${style.of(verdict.verdict, style.bold(`${marks[verdict.verdict]} ${verdict.verdict.toUpperCase()}`))}  ${style.bold(title)}`,
    '',
    ...verdict.checks.map((check) => checkLine(check, style)),
    '',
    ...findingLines(verdict, style),
    ...accountLines(verdict),
    '',
    ...tailLines(verdict, runFolder, style),
    '',
  ].join('\n');
}

function checkLine(
  { name, subject, verdict, expected, observed }: CheckResult,
  style: Paint,
): string {
  const label = `${name}${subject ? ` ${subject}` : ''}`.padEnd(16);
  const text = verdict === 'pass' ? observed : `${observed}; expected ${expected}`;
  return `  ${style.of(verdict, marks[verdict])} ${label} ${text}`;
}

const shownFindings = 6;

function findingLines(verdict: Verdict, style: Paint): string[] {
  const all = verdict.checks.flatMap((check) => check.findings);
  if (all.length === 0) return [];
  const shown = all.slice(0, shownFindings).flatMap((finding) => findingText(finding, style));
  const more =
    all.length > shownFindings
      ? [`  ... and ${all.length - shownFindings} more in report.html`]
      : [];
  return [...shown, ...more, ''];
}

function findingText(finding: Finding, style: Paint): string[] {
  const where = [finding.hop, finding.component].filter(
    (text, i, both) => text && both.indexOf(text) === i,
  );
  const [example] = finding.examples;
  const shownExample = example
    ? [
        `      e.g. trace ${example.traceId}${example.spanId ? ` span ${example.spanId}` : ''}${example.note ? `: ${example.note}` : ''}`,
      ]
    : [];
  return [
    `  ${style.bold(finding.kind)}: ${findings[finding.kind].title} (${formatCount(finding.count)})`,
    `      ${where.join(', ')}${where.length > 0 ? ': ' : ''}${finding.cause}`,
    ...shownExample,
    `      ${style.dim(`fix: ${finding.fix}`)}`,
  ];
}

function accountLines({ accounting: a, logs, decisions }: Verdict): string[] {
  const dropped = Object.entries(a.notSampled.byDropPolicy).map(
    ([name, n]) => `${formatCount(n)} dropped by ${name}`,
  );
  const parts = [
    `${formatCount(a.delivered)} delivered`,
    `${formatCount(a.notSampled.byNone)} not sampled`,
    ...dropped,
    ...a.filtered.map(({ processor, spans }) => `${formatCount(spans)} filtered by ${processor}`),
    ...a.lost.map(({ hop, cause, spans }) => `${formatCount(spans)} lost at ${hop} (${cause})`),
    ...(['refused', 'unseen', 'notOffered'] as const).flatMap((key) =>
      a[key] > 0 ? `${formatCount(a[key])} ${key}` : [],
    ),
    `${formatCount(a.unexplained)} unexplained`,
  ];
  return [
    `  ${formatCount(a.planned)} spans: ${parts.join(', ')}`,
    `  beside: ${formatCount(a.duplicated)} duplicated, ${formatCount(a.altered)} altered, ${formatCount(a.late)} late, ${formatCount(a.indeterminate)} indeterminate`,
    `  ${formatCount(logs.planned)} log records: ${formatCount(logs.delivered)} delivered, ${formatCount(logs.lost.reduce((n, l) => n + l.spans, 0))} lost, ${formatCount(logs.unexplained)} unexplained, ${formatCount(logs.duplicated)} duplicated`,
    `  ${formatCount(decisions.predicted)} traces to keep by the policies; ${formatCount(decisions.compared)} decisions compared, ${formatCount(decisions.wrong)} otherwise`,
  ];
}

function tailLines(verdict: Verdict, runFolder: string, style: Paint): string[] {
  const notes = verdict.fidelity.slice(0, 3).map((note) => style.dim(`  note: ${note}`));
  const again = verdict.verdict === 'pass' ? [] : [`  again: ${verdict.rerun}`];
  return [...notes, `  report: ${runFolder}/report.html`, ...again];
}
