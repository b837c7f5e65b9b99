import type { Verdict } from '../judge/types.ts';
import { formatBytes, formatCount, formatMs } from '../lib/units.ts';
import type { Report } from './html.ts';
import { redact } from './redact.ts';
import {
  bucketRows,
  examplesOf,
  exampleWords,
  explainable,
  type FindingGroup,
  failsAsWanted,
  groupFindings,
  headline,
  labelOf,
  marks,
  pageOf,
  placeOf,
  receiptRows,
  spanAccounts,
  wantedKinds,
  windowText,
} from './summary.ts';

/** The verdict as Markdown, for a pull request or a job's summary. */
export function renderMarkdown(report: Report): string {
  const { verdict: v, timeline, folder, folderBytes } = report;
  const lines = [
    `# ${marks[v.verdict]} ${v.verdict}: ${escapeMarkdown(v.scenario)}`,
    '',
    escapeMarkdown(headline(v)),
    '',
    escapeMarkdown(`Pipeline ${v.pipeline}, runtime ${v.runtime}, seed ${v.seed}.`),
    '',
    ...checkLines(v),
    ...findingLines(v, timeline?.startMs, folder),
    ...accountLines(v),
    ...receiptLines(v, timeline?.startMs),
    '## How it ran',
    '',
    ...Object.entries(v.versions).map(([name, text]) => item(`${name} ${text}`)),
    ...v.fidelity.map((note) => item(`not as in a cluster, or not modelled: ${note}`)),
    item(`time taken: ${timingsOf(v)}`),
    item(`folder: ${folder} (${formatBytes(folderBytes)})`),
    '',
    'Again:',
    '',
    '```sh',
    redact(v.rerun),
    '```',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * A text inside Markdown that stays the text that it is, in a table as well; secrets are hidden.
 */
export const escapeMarkdown = (text: string): string =>
  redact(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|#~]/g, (letter) => `\\${letter}`);

const item = (text: string): string => `- ${escapeMarkdown(text)}`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = rows.map((cells) => line(cells.map(escapeMarkdown)));
  return [line(head), line(head.map(() => '---')), ...body, ''];
}

function checkLines(verdict: Verdict): string[] {
  const wanted = wantedKinds(verdict);
  const rows = verdict.checks.map((check) => [
    marks[check.verdict],
    labelOf(check),
    check.expected,
    `${check.observed}${failsAsWanted(check, wanted) ? ' (fails as this scenario must)' : ''}`,
  ]);
  return ['## Checks', '', ...table(['', 'check', 'expected', 'observed'], rows)];
}

function findingLines(verdict: Verdict, startMs: number | undefined, folder: string): string[] {
  const groups = groupFindings(verdict);
  if (groups.length === 0) return [];
  return ['## Findings', '', ...groups.flatMap((group) => groupLines(group, startMs, folder))];
}

function groupLines(group: FindingGroup, startMs: number | undefined, folder: string): string[] {
  const { kind, title, window, parts, wanted, why, follows, fix } = group;
  const examples = examplesOf(group, 3);
  const first = explainable(examples);
  const when = windowText(window, startMs);
  return [
    `### ${escapeMarkdown(title)} (\`${kind}\`)${wanted ? ', as this scenario must find' : ''}`,
    '',
    ...parts.map(({ check, finding }) =>
      item(`${finding.cause || title}: ${formatCount(finding.count)} (check ${check})`),
    ),
    item(`where: ${placeOf(group)}`),
    ...(why === undefined ? [] : [item(`why: ${why}`)]),
    ...(follows ? [item(follows)] : []),
    ...(when ? [item(`when: ${when} after the load began`)] : []),
    ...examples.map(
      ({ traceId, spanId, note }) =>
        `- for example ${exampleWords({ traceId }).whole} \`${traceId}\`${spanId ? ` ${exampleWords({ traceId }).part} \`${spanId}\`` : ''}${note ? `: ${escapeMarkdown(note)}` : ''}`,
    ),
    ...(first ? [`- see \`npm run bench -- explain ${folder} ${first.traceId}\``] : []),
    item(`fix: ${fix}`),
    `- page: \`${pageOf(kind)}\``,
    '',
  ];
}

function accountLines(verdict: Verdict): string[] {
  const { logs, metricPoints } = verdict;
  const rows = (buckets: ReturnType<typeof bucketRows>, planned: number) => [
    ...buckets.map(({ label, count }) => [label, formatCount(count)]),
    ['planned', formatCount(planned)],
  ];
  return [
    '## Account',
    '',
    ...spanAccounts(verdict).flatMap(({ title, accounting }) => {
      const { duplicated, altered, late, indeterminate } = accounting;
      return [
        ...table([title, 'count'], rows(bucketRows(accounting), accounting.planned)),
        `Beside the sum: ${formatCount(duplicated)} duplicated, ${formatCount(altered)} altered, ${formatCount(late)} late, ${formatCount(indeterminate)} indeterminate.`,
        '',
      ];
    }),
    ...table(['log records', 'count'], rows(bucketRows(logs), logs.planned)),
    ...table(['metric points', 'count'], rows(bucketRows(metricPoints), metricPoints.planned)),
  ];
}

function receiptLines(verdict: Verdict, startMs: number | undefined): string[] {
  const rows = receiptRows(verdict, startMs).map((r) => [
    r.bit ? marks.pass : marks.unknown,
    r.fault,
    r.pod,
    r.injected,
    r.healed,
    r.proof,
  ]);
  if (rows.length === 0) return [];
  const head = ['bit', 'fault', 'pod', 'injected', 'healed', 'proof'];
  return ['## Faults and their receipts', '', ...table(head, rows)];
}

const timingsOf = ({ timings }: Verdict): string =>
  Object.entries(timings)
    .map(([name, ms]) => `${name} ${formatMs(ms)}`)
    .join(', ');
