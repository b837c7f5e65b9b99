import type {
  Accounting,
  CheckResult,
  LogAccounting,
  Outcome,
  PointAccounting,
  Verdict,
} from '../judge/types.ts';
import { formatBytes, formatCount } from '../lib/units.ts';
import type { Report } from './html.ts';
import { redact } from './redact.ts';
import {
  benchFailure,
  examplesOf,
  exampleWords,
  type FindingGroup,
  groupFindings,
  marks,
  placeOf,
  spanAccounts,
} from './summary.ts';

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
export function renderConsole(
  { verdict, folder, folderBytes }: Omit<Report, 'timeline'>,
  style: Paint,
): string {
  const title = `${verdict.scenario} on ${verdict.pipeline} (${verdict.runtime}, seed ${verdict.seed})`;
  const failure = benchFailure(verdict);
  const above = [
    '',
    `${style.of(verdict.verdict, style.bold(`${marks[verdict.verdict]} ${verdict.verdict.toUpperCase()}`))}  ${style.bold(title)}`,
    ...(failure === undefined ? [] : [`  ${failure}`]),
    '',
    ...verdict.checks.map((check) => checkLine(check, style)),
    '',
  ];
  const below = [
    ...accountLines(verdict),
    '',
    ...verdict.fidelity.slice(0, 3).map((note) => style.dim(`  note: ${note}`)),
    `  report: ${folder}/report.html (folder: ${formatBytes(folderBytes)})`,
    ...(verdict.verdict === 'pass' ? [] : [`  again: ${verdict.rerun}`]),
    '',
  ];
  const room = screenLines - above.length - below.length;
  return redact([...above, ...findingLines(verdict, room, style), ...below].join('\n'));
}

/** A screen has more lines than this; a finding takes at most so many of them. */
const screenLines = 46;
const findingLineCount = 5;

function checkLine(
  { name, subject, verdict, expected, observed }: CheckResult,
  style: Paint,
): string {
  const label = `${name}${subject ? ` ${subject}` : ''}`.padEnd(16);
  const text = verdict === 'pass' ? observed : `${observed}; expected ${expected}`;
  return `  ${style.of(verdict, marks[verdict])} ${label} ${text}`;
}

/** As many findings as there is room for, but at least one. */
function findingLines(verdict: Verdict, room: number, style: Paint): string[] {
  const all = groupFindings(verdict);
  if (all.length === 0) return [];
  const most = Math.max(1, Math.floor((room - 2) / findingLineCount));
  const shown = all.slice(0, most).flatMap((group) => findingText(group, style));
  const more = all.length > most ? [`  ... and ${all.length - most} more in report.html`] : [];
  return [...shown, ...more, ''];
}

function findingText(group: FindingGroup, style: Paint): string[] {
  const { kind, title, why, fix, follows, parts } = group;
  const total = parts.map(({ finding }) => formatCount(finding.count)).join(' + ');
  const causes = [...new Set(parts.map(({ finding }) => finding.cause))].filter(Boolean);
  const [example] = examplesOf(group, 1);
  const shownExample = example
    ? [
        `      e.g. ${exampleWords(example).whole} ${example.traceId}${example.spanId ? ` ${exampleWords(example).part} ${example.spanId}` : ''}${example.note ? `: ${example.note}` : ''}`,
      ]
    : [];
  return [
    `  ${style.bold(kind)}: ${title} (${total})${follows && `, ${follows}`}`,
    `      ${[placeOf(group), causes.slice(0, 3).join('; ')].filter(Boolean).join(': ')}`,
    ...(why === undefined ? [] : [`      why: ${why}`]),
    ...shownExample,
    `      ${style.dim(`fix: ${fix}`)}`,
  ];
}

/** Where else items ended: with what was delivered, and not sampled, it adds up to the plan. */
const elsewhere = (a: Accounting | LogAccounting | PointAccounting): string[] => [
  ...a.filtered.map(({ processor, spans }) => `${formatCount(spans)} filtered by ${processor}`),
  ...(a.routedElsewhere ?? []).map(
    ({ processor, spans }) => `${formatCount(spans)} routed elsewhere by ${processor}`,
  ),
  ...a.ended.map(({ exporter, spans }) => `${formatCount(spans)} ended in ${exporter}`),
  ...a.lost.map(({ hop, cause, spans }) => `${formatCount(spans)} lost at ${hop} (${cause})`),
  ...(['refused', 'unseen', 'notOffered'] as const).flatMap((key) =>
    a[key] > 0 ? `${formatCount(a[key])} ${key}` : [],
  ),
  `${formatCount(a.unexplained)} unexplained`,
];

function accountLines(verdict: Verdict): string[] {
  const { logs, metricPoints: points, decisions } = verdict;
  return [
    ...spanAccounts(verdict).flatMap(({ title, accounting }) => spanLines(title, accounting)),
    `  ${formatCount(logs.planned)} log records: ${[`${formatCount(logs.delivered)} delivered`, ...elsewhere(logs)].join(', ')}; ${formatCount(logs.duplicated)} duplicated, ${formatCount(logs.altered)} altered`,
    `  ${formatCount(points.planned)} metric points: ${[`${formatCount(points.delivered)} delivered`, ...elsewhere(points)].join(', ')}`,
    `  ${formatCount(decisions.predicted)} traces to keep by the policies; ${formatCount(decisions.compared)} decisions compared, ${formatCount(decisions.wrong)} otherwise`,
  ];
}

function spanLines(title: string, a: Accounting): string[] {
  const dropped = Object.entries(a.notSampled.byDropPolicy).map(
    ([name, n]) => `${formatCount(n)} dropped by ${name}`,
  );
  const parts = [
    `${formatCount(a.delivered)} delivered`,
    `${formatCount(a.notSampled.byNone)} not sampled`,
    ...dropped,
    ...elsewhere(a),
  ];
  return [
    `  ${formatCount(a.planned)} ${title}: ${parts.join(', ')}`,
    `  beside: ${formatCount(a.duplicated)} duplicated, ${formatCount(a.altered)} altered, ${formatCount(a.late)} late, ${formatCount(a.indeterminate)} indeterminate`,
  ];
}
