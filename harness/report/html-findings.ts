import type { Example, Verdict } from '../judge/types.ts';
import { formatCount } from '../lib/units.ts';
import { html, type Markup, nothing } from './markup.ts';
import {
  examplesOf,
  exampleWords,
  explainable,
  type FindingGroup,
  groupFindings,
  pageOf,
  placeOf,
  windowText,
} from './summary.ts';

interface FindingsSource {
  readonly verdict: Verdict;
  readonly timeline: { readonly startMs: number } | undefined;
  readonly folder: string;
}

const shownExamples = 5;
/** From a run's folder, three below the repository's. */
const toRepository = '../../../';

/** Every finding: what, where, why, how often, when, for example, how to mend it. */
export function findingsHtml({ verdict, timeline, folder }: FindingsSource): Markup {
  const groups = groupFindings(verdict);
  if (groups.length === 0) return nothing;
  return html`<h2>Findings</h2>
${groups.map((group) => groupHtml(group, timeline?.startMs, folder))}`;
}

function groupHtml(group: FindingGroup, startMs: number | undefined, folder: string): Markup {
  const { kind, title, wanted, why, fix, follows, parts } = group;
  const page = pageOf(kind);
  const when = windowText(group.window, startMs);
  const examples = examplesOf(group, shownExamples);
  const first = explainable(examples);
  return html`<section class="finding${wanted ? ' wanted' : ''}" id="${kind}">
<h3>${title} <code class="dim">${kind}</code>${wanted ? html` <span class="dim small">as this scenario must find</span>` : nothing}</h3>
<ul>${parts.map(({ check, finding }) => html`<li>${finding.cause || title}: <strong>${formatCount(finding.count)}</strong> <span class="dim">(check ${check})</span></li>`)}</ul>
<dl><dt>where</dt><dd>${placeOf(group)}</dd>
${why === undefined ? nothing : html`<dt>why</dt><dd>${why}</dd>`}
${follows ? html`<dt>cause</dt><dd>${follows}</dd>` : nothing}
${when ? html`<dt>when</dt><dd>${when} after the load began</dd>` : nothing}
${
  examples.length === 0
    ? nothing
    : html`<dt>examples</dt><dd>${examples.map((example) => html`<div>${exampleHtml(example)}</div>`)}</dd>`
}
${first ? html`<dt>see</dt><dd><code>npm run bench -- explain ${folder} ${first.traceId}</code></dd>` : nothing}
<dt>fix</dt><dd>${fix}</dd>
<dt>page</dt><dd><a href="${toRepository}${page}"><code>${page}</code></a></dd></dl>
</section>`;
}

const exampleHtml = ({ traceId, spanId, note }: Example): Markup =>
  html`<code>${traceId}</code>${spanId ? html` ${exampleWords({ traceId }).part} <code>${spanId}</code>` : nothing}${note ? html` <span class="dim">${note}</span>` : nothing}`;
