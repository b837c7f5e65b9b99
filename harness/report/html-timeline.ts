import type { Timeline } from '../judge/timeline.ts';
import { formatCount } from '../lib/units.ts';
import { html, type Markup, nothing } from './markup.ts';
import { type Legend, legendRows, lineHeight, type Placed, placeInRows } from './placing.ts';
import { seconds } from './summary.ts';
import { type Chart, chartOf, type Lane, type Panel } from './timeline.ts';

const width = 1_000;
/** Room at the left for titles, pod names and scales. */
const left = 160;
const right = 8;
const plotHeight = 84;
const laneHeight = 20;
const bandRow = 18;

/** The timeline as one SVG: what was sent, decided, delivered and lost, with faults and pods. */
export function timelineSvg(timeline: Timeline): Markup {
  const chart = chartOf(timeline);
  const x = (ms: number): number => left + (ms / chart.endMs) * (width - left - right);
  const top = chart.rows * bandRow + 6;
  let y = top;
  const panels = chart.panels.map((panel) => {
    const legend = legendRows(panel.series, left, width - right);
    const drawn = panelSvg(chart, panel, legend, y);
    y += legend.height + plotHeight + 16;
    return drawn;
  });
  const lanesTop = y;
  const lanes = lanesSvg(chart.lanes, y, x);
  y += chart.lanes.length > 0 ? (chart.lanes.length + 1) * laneHeight + 6 : 0;
  const moments = placeInRows(
    [
      { text: 'load ends', atX: x(timeline.loadMs) },
      { text: 'collectors asked to stop', atX: x(Math.min(timeline.endMs, chart.endMs)) },
    ],
    width,
  );
  const momentRows = Math.max(...moments.map(({ row }) => row + 1));
  const height = y + lineHeight + momentRows * lineHeight + 4;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Timeline of the run">
${chart.ticksMs.map(
  (ms) => html`<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="${top}" y2="${y}"/>
<text class="dim" x="${x(ms)}" y="${y + 14}" text-anchor="${x(ms) > width - 20 ? 'end' : 'middle'}">${ms / 1_000} s</text>`,
)}
${bandsSvg(chart, y, x)}
${panels}
${lanes}
${moments.map((moment) => momentSvg(moment, top, y))}
<line class="base" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/>
${chart.lanes.length === 0 ? undefined : html`<line class="grid" x1="0" x2="${width}" y1="${lanesTop - 4}" y2="${lanesTop - 4}"/>`}
</svg>`;
}

const momentSvg = ({ text, atX, fromX, row }: Placed, top: number, bottom: number): Markup =>
  html`<line class="moment" x1="${atX}" x2="${atX}" y1="${top}" y2="${bottom + 4}"/>
<text class="dim" x="${fromX}" y="${bottom + (row + 2) * lineHeight - 2}">${text}</text>`;

function bandsSvg(chart: Chart, bottom: number, x: (ms: number) => number): Markup[] {
  return chart.bands.map(({ label, detail, fromMs, toMs, row }) => {
    const [from, to] = [x(fromMs), x(toMs)];
    const y = row * bandRow;
    const [placed] = placeInRows([{ text: label, atX: from + 3 }], width, 'after');
    return html`<g><title>${label}: ${detail}</title>
<rect class="fault" x="${from}" y="${y}" width="${Math.max(2, to - from)}" height="${bottom - y}"/>
<line class="edge" x1="${from}" x2="${from}" y1="${y}" y2="${bottom}"/>
<text class="strong" x="${placed?.fromX ?? from}" y="${y + 13}">${label}</text></g>`;
  });
}

function panelSvg(chart: Chart, panel: Panel, legend: Legend, y: number): Markup {
  const plotTop = y + legend.height;
  const bottom = plotTop + plotHeight;
  const columnWidth = (width - left - right) / chart.columns;
  const scale = (value: number): number => bottom - (value / panel.top) * plotHeight;
  const bases = Array.from({ length: chart.columns }, () => 0);
  const areas = panel.series.map(({ tone, values }) => {
    const path = areaPath(values, bases, (column) => left + column * columnWidth, scale);
    values.forEach((value, column) => {
      bases[column] = (bases[column] ?? 0) + value;
    });
    return html`<path class="${tone}" d="${path}"/>`;
  });
  return html`<g><text class="strong" x="0" y="${plotTop + 12}">${panel.title}</text>
<text class="dim" x="0" y="${plotTop + 28}">${panel.unit}</text>
${panel.ticks.map(
  (tick) =>
    html`<line class="${tick === 0 ? 'base' : 'grid'}" x1="${left}" x2="${width - right}" y1="${scale(tick)}" y2="${scale(tick)}"/><text class="dim" x="${left - 8}" y="${scale(tick) + 4}" text-anchor="end">${shortCount(tick)}</text>`,
)}
${areas}
${legend.items.map(
  ({ name, tone, x, row }) =>
    html`<rect class="${tone}" x="${x}" y="${y + row * lineHeight + 3}" width="10" height="10" rx="2"/><text x="${x + 15}" y="${y + row * lineHeight + 12}">${name}</text>`,
)}
${bases.flatMap((sum, column) =>
  sum === 0
    ? []
    : html`<rect class="column" x="${round(left + column * columnWidth)}" y="${plotTop}" width="${round(columnWidth)}" height="${plotHeight}"><title>${columnTitle(chart, panel, column)}</title></rect>`,
)}</g>`;
}

function columnTitle({ columnMs }: Chart, { series, unit }: Panel, column: number): string {
  const from = seconds(column * columnMs).replace(' s', '');
  const values = series.flatMap(({ name, values }) => {
    const value = values[column] ?? 0;
    return value > 0 ? `${name} ${formatCount(value)}` : [];
  });
  return `${from} to ${seconds((column + 1) * columnMs)}: ${values.join(', ')} (${unit})`;
}

/** Steps of one series upon others; columns without anything are left out. */
export function areaPath(
  values: readonly number[],
  bases: readonly number[],
  x: (column: number) => number,
  y: (value: number) => number,
): string {
  const parts: string[] = [];
  for (let from = 0; from < values.length; from++) {
    if ((values[from] ?? 0) <= 0) continue;
    let to = from;
    while ((values[to] ?? 0) > 0) to++;
    let path = `M${round(x(from))},${round(y(bases[from] ?? 0))}`;
    for (let i = from; i < to; i++) {
      path += `V${round(y((bases[i] ?? 0) + (values[i] ?? 0)))}H${round(x(i + 1))}`;
    }
    for (let i = to - 1; i >= from; i--) path += `V${round(y(bases[i] ?? 0))}H${round(x(i))}`;
    parts.push(`${path}Z`);
    from = to;
  }
  return parts.join('');
}

function lanesSvg(lanes: readonly Lane[], top: number, x: (ms: number) => number): Markup[] {
  if (lanes.length === 0) return [];
  const key = html`<text class="strong" x="0" y="${top + 14}">Collector pods</text>
<rect class="good" x="${left}" y="${top + 5}" width="10" height="10" rx="2"/><text x="${left + 15}" y="${top + 14}">ready</text>
${lanes.some(({ ends }) => ends.length > 0) ? endedKey(top) : nothing}`;
  const drawn = lanes.map(({ pod, up, ends }, i) => {
    const y = top + (i + 1) * laneHeight;
    return html`<text x="0" y="${y + 14}">${shortPod(pod)}<title>${pod}</title></text>
<rect class="lane" x="${left}" y="${y + 9}" width="${width - left - right}" height="2"/>
${up.map(({ fromMs, toMs }) => html`<rect class="good" x="${x(fromMs)}" y="${y + 5}" width="${Math.max(1, x(toMs) - x(fromMs))}" height="10" rx="2"><title>${pod}: ready from ${seconds(fromMs)} to ${seconds(toMs)}</title></rect>`)}
${ends.map(({ atMs, how }) => html`<g><title>${pod}: ${how} at ${seconds(atMs)}</title><path class="cross" d="${cross(x(atMs), y + 10)}"/></g>`)}`;
  });
  return [key, ...drawn];
}

const endedKey = (top: number): Markup =>
  html`<path class="cross" d="${cross(left + 75, top + 10)}"/><text x="${left + 86}" y="${top + 14}">ended while the run went on</text>`;

const cross = (x: number, y: number): string =>
  `M${round(x - 5)},${y - 5}l10,10M${round(x - 5)},${y + 5}l10,-10`;

const podLetters = 22;
const shortPod = (pod: string): string =>
  pod.length > podLetters ? `…${pod.slice(1 - podLetters)}` : pod;

const round = (n: number): number => Math.round(n * 100) / 100;

/** `2,000`, `0.5`. */
const shortCount = (n: number): string => (Number.isInteger(n) ? formatCount(n) : String(n));
