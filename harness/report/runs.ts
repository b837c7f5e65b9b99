import type { Verdict } from '../judge/types.ts';
import { formatMs } from '../lib/units.ts';
import { escapeMarkdown } from './markdown.ts';
import { type FindingGroup, groupFindings, headline, marks, placeOf, plural } from './summary.ts';

/** How a run came out, from harmless to worst; `flaky` failed and then passed. */
export const results = [
  'pass',
  'unknown',
  'flaky',
  'fail',
  'interrupted',
  'badInput',
  'broken',
] as const;
export type Result = (typeof results)[number];

/** One of several runs that were asked for together. */
export interface EndedRun {
  readonly name: string;
  readonly result: Result;
  readonly tookMs: number;
  /** Undefined where it did not come to one. */
  readonly verdict: Verdict | undefined;
  /** Its folder, as seen from that of the page over all; undefined where it left none. */
  readonly folder: string | undefined;
  /** The folder of the run that was made to confirm it, or that it confirmed. */
  readonly other: string | undefined;
}

/** All that the page over several runs is made from. */
export interface RunsReport {
  readonly runs: readonly EndedRun[];
  readonly startMs: number;
  readonly tookMs: number;
}

export const resultText = (result: Result): string =>
  result === 'badInput' ? 'bad input' : result;

/** The look of a result: what is neither good nor open is bad. */
export const toneOf = (result: Result): 'pass' | 'unknown' | 'fail' =>
  result === 'pass' || result === 'unknown' ? result : 'fail';

/** How all of them together came out; unknown where nothing ran. */
export const worstOf = (runs: readonly { readonly result: Result }[]): Result =>
  results[Math.max(...runs.map(({ result }) => results.indexOf(result)))] ?? 'unknown';

/** `12 pass, 1 fail`: each result that there is, the harmless first. */
export const countsText = (runs: readonly { readonly result: Result }[]): string =>
  results
    .flatMap((result) => {
      const count = runs.filter((one) => one.result === result).length;
      return count > 0 ? `${count} ${resultText(result)}` : [];
    })
    .join(', ');

/** What has to be looked at first comes first. */
export const worstFirst = (runs: readonly EndedRun[]): EndedRun[] =>
  runs.toSorted(
    (a, b) => results.indexOf(b.result) - results.indexOf(a.result) || a.name.localeCompare(b.name),
  );

/** The finding that explains most of a run; undefined where nothing was found. */
export const leadOf = ({ verdict }: EndedRun): FindingGroup | undefined =>
  verdict && groupFindings(verdict)[0];

/** What a run says in one line: its leading finding, or how it ended. */
export function leadText(run: EndedRun): string {
  const lead = leadOf(run);
  if (!lead) return run.verdict ? headline(run.verdict) : endText[run.result];
  return `${lead.kind} at ${placeOf(lead)}${lead.wanted ? ', as it must be found' : ''}`;
}

/** How a run ended that has nothing to show. */
export const endText: Readonly<Record<Result, string>> = {
  pass: 'passed',
  unknown: 'came to no verdict',
  fail: 'came to no verdict',
  flaky: 'failed, and then passed',
  interrupted: 'was interrupted',
  badInput: 'was refused: its input has mistakes',
  broken: 'the bench broke',
};

/** The same as the page, as Markdown: for a pull request, a job's summary, an issue. */
export function renderRunsMarkdown({ runs, tookMs }: RunsReport): string {
  const worst = worstOf(runs);
  const rows = worstFirst(runs).map((run) => {
    const cells = [
      marks[toneOf(run.result)],
      run.name,
      resultText(run.result),
      leadText(run),
      formatMs(run.tookMs),
    ];
    return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  });
  return [
    `# ${marks[toneOf(worst)]} ${runs.length} ${plural(runs.length, 'run')}: ${countsText(runs)}`,
    '',
    `Took ${formatMs(tookMs)}.`,
    '',
    '| | scenario | verdict | leading finding | took |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
