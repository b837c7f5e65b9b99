import type { Timeline } from '../judge/timeline.ts';
import type { CheckResult, Verdict } from '../judge/types.ts';
import { formatBytes, formatCount, formatMs } from '../lib/units.ts';
import { findingsHtml } from './html-findings.ts';
import { flowSvg } from './html-flow.ts';
import { graphSvg } from './html-graph.ts';
import { loadsHtml } from './html-load.ts';
import { style } from './html-style.ts';
import { timelineSvg } from './html-timeline.ts';
import { html, type Markup, nothing, verbatim } from './markup.ts';
import type { PodLoad } from './pod-load.ts';
import {
  type BucketRow,
  bucketRows,
  failsAsWanted,
  headline,
  labelOf,
  marks,
  receiptRows,
  spanAccounts,
  wantedKinds,
} from './summary.ts';

/** All that a report of one run is made from. */
export interface Report {
  readonly verdict: Verdict;
  /** Undefined where the run left nothing to draw it from. */
  readonly timeline: Timeline | undefined;
  /** Of each collector; undefined where nothing was sampled. */
  readonly loads?: readonly PodLoad[] | undefined;
  /** The run's folder as the user would name it. */
  readonly folder: string;
  readonly folderBytes: number;
}

/** One self-contained page: no script, nothing loaded, readable in light, in dark and on paper. */
export function renderHtml(report: Report): string {
  const { verdict } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${verdict.verdict}: ${verdict.scenario}</title>
<style>${verbatim(style)}</style>
</head>
<body>
${headHtml(report)}
${figuresHtml(verdict)}
${checksHtml(verdict)}
${findingsHtml(report)}
${picturesHtml(report.timeline)}
${loadsHtml(report.loads)}
${accountHtml(verdict)}
${factsHtml(report)}
</body>
</html>
`;
  return page.markup;
}

function headHtml({ verdict: v, timeline }: Report): Markup {
  const started = timeline ? `, ${utc(timeline.startMs)}` : '';
  const took = v.timings.total ? `, took ${formatMs(v.timings.total)}` : '';
  return html`<header><div class="head"><span class="badge ${v.verdict}">${marks[v.verdict]} ${v.verdict.toUpperCase()}</span><h1>${v.scenario}</h1></div>
<p class="says">${headline(v)}</p>
<p class="dim">pipeline ${v.pipeline}, runtime ${v.runtime}, seed ${v.seed}${started}${took}</p></header>`;
}

const utc = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function figuresHtml({ accounting: a, decisions }: Verdict): Markup {
  const lost = a.lost.reduce((sum, { spans }) => sum + spans, 0);
  const figures: readonly (readonly [string, number])[] = [
    ['spans planned', a.planned],
    ['delivered', a.delivered],
    ['lost', lost],
    ['unexplained', a.unexplained],
    ['duplicated', a.duplicated],
    ['decisions compared', decisions.compared],
    ['of them otherwise', decisions.wrong],
  ];
  return html`<dl class="figures">${figures.map(([name, n]) => html`<div><dt>${name}</dt><dd>${formatCount(n)}</dd></div>`)}</dl>`;
}

function checksHtml(verdict: Verdict): Markup {
  const wanted = wantedKinds(verdict);
  return html`<h2>Checks</h2>
<div class="wide"><table><thead><tr><th></th><th>check</th><th>expected</th><th>observed</th></tr></thead><tbody>
${verdict.checks.map((check) => checkRow(check, failsAsWanted(check, wanted)))}
</tbody></table></div>`;
}

const checkRow = (check: CheckResult, asWanted: boolean): Markup =>
  html`<tr class="${check.verdict}"><td class="mark" title="${check.verdict}">${marks[check.verdict]}</td><td class="name">${labelOf(check)}</td><td>${unbroken(check.expected)}</td><td>${unbroken(check.observed)}${asWanted ? html` <span class="dim">(fails as this scenario must)</span>` : nothing}</td></tr>`;

/** A number and its unit stay on one line. */
const unbroken = (text: string): string => text.replace(/(\d) (?=(?:%|m?s\b))/g, '$1\u00a0');

function picturesHtml(timeline: Timeline | undefined): Markup {
  if (!timeline) {
    return html`<h2>Timeline</h2><p class="dim">The run left nothing to draw it from.</p>`;
  }
  const { graph } = timeline;
  return html`<h2>Timeline</h2>
<div class="wide">${timelineSvg(timeline)}</div>
${graph ? html`<h2>The pipeline, as it was understood</h2><div class="wide">${graphSvg(graph)}</div>` : nothing}
${timeline.flows.map(
  (flow) =>
    html`<h2>${flow.signal === 'traces' ? 'Where the spans went' : 'Where the log records went'}</h2>
<div class="wide">${flowSvg(flow)}</div>`,
)}`;
}

function accountHtml(verdict: Verdict): Markup {
  const { logs, metricPoints, decisions } = verdict;
  const ofSpans = spanAccounts(verdict).map(
    ({ title, accounting }) =>
      html`<div><h3>${formatCount(accounting.planned)} ${title}</h3>${bucketTable(bucketRows(accounting), accounting.planned)}
<p class="dim small">Beside the sum: ${formatCount(accounting.duplicated)} duplicated, ${formatCount(accounting.altered)} altered, ${formatCount(accounting.late)} late, ${formatCount(accounting.indeterminate)} indeterminate. By the policies, ${formatCount(decisions.predicted)} of all planned traces are to be kept.</p></div>`,
  );
  return html`<h2>Account</h2>
<div class="columns">
${ofSpans}
<div><h3>${formatCount(logs.planned)} log records</h3>${bucketTable(bucketRows(logs), logs.planned)}
<p class="dim small">Beside the sum: ${formatCount(logs.duplicated)} duplicated, ${formatCount(logs.altered)} altered.</p></div>
<div><h3>${formatCount(metricPoints.planned)} metric points</h3>${bucketTable(bucketRows(metricPoints), metricPoints.planned)}</div>
</div>`;
}

const bucketTable = (rows: readonly BucketRow[], planned: number): Markup =>
  html`<table><tbody>
${rows.map(({ label, count, tone }) => html`<tr><td><span class="swatch ${tone}"></span>${label}</td><td class="n">${formatCount(count)}</td></tr>`)}
<tr><td><strong>planned</strong></td><td class="n"><strong>${formatCount(planned)}</strong></td></tr>
</tbody></table>`;

function factsHtml({ verdict, timeline, folder, folderBytes }: Report): Markup {
  const { fidelity, versions, timings, rerun } = verdict;
  const receipts = receiptRows(verdict, timeline?.startMs);
  const pairs = (rows: readonly (readonly [string, string])[]): Markup =>
    html`<table><tbody>${rows.map(([name, text]) => html`<tr><td>${name}</td><td class="n">${text}</td></tr>`)}</tbody></table>`;
  return html`${
    receipts.length === 0
      ? nothing
      : html`<h2>Faults and their receipts</h2>
<div class="wide"><table><thead><tr><th></th><th>fault</th><th>pod</th><th>injected</th><th>healed</th><th>proof</th></tr></thead><tbody>
${receipts.map((r) => html`<tr class="${r.bit ? 'pass' : 'unknown'}"><td class="mark">${r.bit ? '✔' : '?'}</td><td class="name">${r.fault}</td><td>${r.pod}</td><td>${r.injected}</td><td>${r.healed}</td><td>${r.proof}${r.bit ? '' : ' (did not bite)'}</td></tr>`)}
</tbody></table></div>`
  }
<h2>How it ran</h2>
<div class="columns"><div><h3>Versions</h3>${pairs(Object.entries(versions))}</div>
<div><h3>Time taken</h3>${pairs(Object.entries(timings).map(([name, ms]) => [name, formatMs(ms)]))}</div></div>
${
  fidelity.length === 0
    ? nothing
    : html`<h3>Not as in a cluster, or not modelled</h3><ul>${fidelity.map((note) => html`<li>${note}</li>`)}</ul>`
}
<h2>Again</h2>
<pre>${rerun}</pre>
<p class="dim small">Plan ${verdict.planHash}. Folder <code>${folder}</code>, ${formatBytes(folderBytes)}: <code>verdict.json</code> for programs, Parquet tables and the taps’ records under <code>evidence/</code>.</p>`;
}
