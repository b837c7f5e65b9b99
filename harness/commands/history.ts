import { basename } from 'node:path';
import { type PastRun, readHistory, type Trend } from '../history.ts';
import { formatMs } from '../lib/units.ts';
import { type Paint, paint } from '../report/console.ts';
import { marks } from '../report/summary.ts';
import type { Host } from './host.ts';

const mostShown = 30;

/**
 * `bench history [scenario]`: how each scenario came out over time, and the first bad run of those
 * that do not pass now. Of one scenario each run is listed too.
 */
export async function historyCommand(
  scenario: string | undefined,
  { reportsFolder, interactive, write }: Pick<Host, 'reportsFolder' | 'interactive' | 'write'>,
): Promise<void> {
  const name = scenario === undefined ? undefined : basename(scenario);
  const trends = await readHistory(reportsFolder, name);
  const style = paint(interactive);
  if (trends.length === 0) {
    write(`no run ${name === undefined ? '' : `of ${name} `}in the history yet\n`);
    return;
  }
  for (const trend of trends) {
    write(trendText(trend, style));
    if (name !== undefined)
      for (const run of trend.runs.slice(-mostShown)) write(runText(run, style));
  }
}

function trendText(
  { scenario, pipeline, runtime, runs, firstBad, lastGood }: Trend,
  style: Paint,
): string {
  const shown = runs.slice(-mostShown);
  const strip = shown.map(({ verdict }) => style.of(verdict, marks[verdict])).join('');
  const passed = runs.filter(({ verdict }) => verdict === 'pass').length;
  const took = bars(shown.map(({ tookMs }) => tookMs));
  const lines = [
    `${style.bold(scenario)} on ${pipeline} (${runtime}): ${passed} of ${runs.length} passed`,
    `  ${strip}  took ${took} ${formatMs(shown.at(-1)?.tookMs ?? 0)}`,
    ...(firstBad ? badLines(firstBad, lastGood) : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** The first bad run, and what differs from the last good one. */
function badLines(bad: PastRun, good: PastRun | undefined): string[] {
  const lead = bad.lead === '' ? '' : `: ${bad.lead}`;
  const since = good ? `last good ${good.run}` : 'none has passed yet';
  const other = good && good.versions !== bad.versions ? [versionsText(good, bad)] : [];
  return [`  first bad run ${bad.run} (${bad.verdict})${lead}; ${since}`, ...other];
}

const versionsText = (good: PastRun, bad: PastRun): string => {
  const known = good.versions.split(', ');
  const changed = bad.versions.split(', ').filter((version) => !known.includes(version));
  return `  between them the versions changed: ${changed.join(', ')}`;
};

function runText(
  { run, verdict, lead, tookMs, deliveredShare, lostShare, unexplained }: PastRun,
  style: Paint,
): string {
  const share = (of: number): string => `${(100 * of).toFixed(1)} %`.padStart(7);
  return [
    `  ${style.of(verdict, verdict.padEnd(7))}`,
    run,
    formatMs(tookMs).padStart(12),
    `delivered ${share(deliveredShare)}`,
    `lost ${share(lostShare)}`,
    `unexplained ${unexplained}`,
    lead,
  ]
    .join('  ')
    .trimEnd()
    .concat('\n');
}

const heights = [...'▁▂▃▄▅▆▇█'];

/** Numbers as bars, from the least to the most; all alike where they differ by a tenth or less. */
export function bars(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step =
    most - least <= most / 10 ? Number.POSITIVE_INFINITY : (most - least) / (heights.length - 1);
  return values.map((value) => heights[Math.round((value - least) / step)]).join('');
}
