import { formatCount, formatMs } from '../lib/units.ts';
import { style } from './html-style.ts';
import { html, type Markup, nothing, verbatim } from './markup.ts';
import {
  countsText,
  type EndedRun,
  endText,
  leadOf,
  type RunsReport,
  results,
  resultText,
  toneOf,
  worstFirst,
  worstOf,
} from './runs.ts';
import { headline, marks, pageOf, placeOf, plural } from './summary.ts';

/** One page over all runs of an invocation, each leading to its own report. */
export function renderRunsHtml(report: RunsReport): string {
  const { runs, startMs, tookMs } = report;
  const worst = worstOf(runs);
  const started = `${new Date(startMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${resultText(worst)}: ${runs.length} ${plural(runs.length, 'run')}</title>
<style>${verbatim(style)}${verbatim(runsStyle)}</style>
</head>
<body>
<header><div class="head"><span class="badge ${toneOf(worst)}">${marks[toneOf(worst)]} ${resultText(worst).toUpperCase()}</span><h1>${runs.length} ${plural(runs.length, 'run')}</h1></div>
<p class="says">${countsText(runs)}</p>
<p class="dim">${aboutText(runs)}${started}, took ${formatMs(tookMs)}</p></header>
${sharesHtml(runs)}
${figuresHtml(runs)}
${tableHtml(runs)}
${troubleHtml(runs)}
</body>
</html>
`;
  return page.markup;
}

/** Pipelines and runtimes that ran. */
function aboutText(runs: readonly EndedRun[]): string {
  const each = (of: (run: EndedRun) => string | undefined): string =>
    [...new Set(runs.flatMap((run) => of(run) ?? []))].sort().join(', ');
  const pipelines = each(({ verdict }) => verdict?.pipeline);
  if (pipelines === '') return '';
  return `pipeline ${pipelines}, runtime ${each(({ verdict }) => verdict?.runtime)}, `;
}

/** How many came out how, as one bar. */
const sharesHtml = (runs: readonly EndedRun[]): Markup =>
  html`<div class="shares" role="img" aria-label="${countsText(runs)}">${results.flatMap(
    (result) => {
      const count = runs.filter((run) => run.result === result).length;
      if (count === 0) return [];
      return html`<span class="${toneOf(result)}" style="flex-grow: ${count}" title="${count} ${resultText(result)}"></span>`;
    },
  )}</div>`;

function figuresHtml(runs: readonly EndedRun[]): Markup {
  const sum = (of: (run: EndedRun) => number | undefined): number =>
    runs.reduce((total, run) => total + (of(run) ?? 0), 0);
  const figures: readonly (readonly [string, number])[] = [
    ['passed', runs.filter(({ result }) => result === 'pass').length],
    ['not passed', runs.filter(({ result }) => result !== 'pass').length],
    ['spans planned', sum(({ verdict }) => verdict?.accounting.planned)],
    ['unexplained', sum(({ verdict }) => verdict?.accounting.unexplained)],
    ['decisions compared', sum(({ verdict }) => verdict?.decisions.compared)],
  ];
  return html`<dl class="figures">${figures.map(([name, n]) => html`<div><dt>${name}</dt><dd>${formatCount(n)}</dd></div>`)}</dl>`;
}

function tableHtml(runs: readonly EndedRun[]): Markup {
  const longestMs = Math.max(1, ...runs.map(({ tookMs }) => tookMs));
  return html`<h2>Runs</h2>
<div class="wide"><table class="runs"><thead><tr><th></th><th>scenario</th><th>verdict</th><th>leading finding</th><th class="n">spans</th><th>took</th></tr></thead><tbody>
${worstFirst(runs).map((run) => rowHtml(run, longestMs))}
</tbody></table></div>`;
}

function rowHtml(run: EndedRun, longestMs: number): Markup {
  const { name, result, verdict, folder, other, tookMs } = run;
  const tone = toneOf(result);
  const seed = verdict
    ? html` <span class="dim small">seed ${String(verdict.seed)}</span>`
    : nothing;
  const share = Math.max(1, Math.round((100 * tookMs) / longestMs));
  const again =
    other === undefined
      ? nothing
      : html`<br><a class="small" href="${other}/report.html">the other run</a>`;
  return html`<tr class="${tone}"><td class="mark">${marks[tone]}</td><td class="name">${reportLink(name, folder, verdict !== undefined)}${seed}</td><td>${resultText(result)}${again}</td><td>${leadHtml(run)}</td><td class="n">${verdict ? formatCount(verdict.accounting.planned) : ''}</td><td class="took">${formatMs(tookMs)}<span style="width: ${share}%"></span></td></tr>`;
}

const reportLink = (name: string, folder: string | undefined, isThere: boolean): Markup =>
  folder === undefined || !isThere
    ? html`${name}`
    : html`<a href="${folder}/report.html">${name}</a>`;

function leadHtml(run: EndedRun): Markup {
  const lead = leadOf(run);
  if (lead) {
    return html`<code>${lead.kind}</code> at ${placeOf(lead)}${lead.wanted ? html` <span class="dim small">as it must find</span>` : nothing}`;
  }
  return html`<span class="dim">${run.verdict ? 'none' : endText[run.result]}</span>`;
}

/** What did not pass, with what to do about it and how to run it again. */
function troubleHtml(runs: readonly EndedRun[]): Markup {
  const trouble = worstFirst(runs).filter(({ result, verdict }) => result !== 'pass' && verdict);
  if (trouble.length === 0) return nothing;
  return html`<h2>What did not pass</h2>
${trouble.map((run) => {
  const { verdict, name, folder } = run;
  const lead = leadOf(run);
  return html`<section class="finding"><h3>${reportLink(name, folder, true)}</h3>
<p>${verdict ? headline(verdict) : ''}</p>
${lead ? html`<dl><dt>lead</dt><dd>${lead.title} (<code>${lead.kind}</code>)</dd>${lead.why === undefined ? nothing : html`<dt>why</dt><dd>${lead.why}</dd>`}<dt>fix</dt><dd>${lead.fix}</dd><dt>page</dt><dd><code>${pageOf(lead.kind)}</code></dd></dl>` : nothing}
<pre>${verdict?.rerun}</pre></section>`;
})}`;
}

const runsStyle = `
.shares { display: flex; gap: 2px; height: .7rem; margin: 1.2rem 0 0; border-radius: 4px; overflow: hidden; }
.shares .pass { background: var(--good); } .shares .fail { background: var(--bad0); } .shares .unknown { background: var(--warn); }
.runs td { padding-top: .45rem; padding-bottom: .45rem; }
.runs .took { min-width: 7rem; white-space: nowrap; font-variant-numeric: tabular-nums; padding-right: 0; }
.runs .took span { display: block; height: .25rem; margin: .15rem 0 .1rem; border-radius: 2px; background: var(--quiet); }
.runs .name .small { font-weight: 400; } .runs td > a.small { white-space: nowrap; }
`;
