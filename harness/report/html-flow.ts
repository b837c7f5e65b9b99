import type { Flow } from '../judge/flow.ts';
import { flowWidth, pictureOf } from './flow.ts';
import { html, type Markup } from './markup.ts';
import { textWidth } from './placing.ts';

/** Pixels that all planned items take, downward; less where there is nothing to tell. */
const fullHeight = 170;
const quietHeight = 60;
/** Names and counts of the stations stand above. */
const headHeight = 44;

/** The account of one signal as a flow from hop to hop. */
export function flowSvg(flow: Flow): Markup {
  const { height, stations, bands, branches } = pictureOf(
    flow,
    flow.branches.length > 0 ? fullHeight : quietHeight,
  );
  const what = flow.signal === 'traces' ? 'spans' : 'log records';
  return html`<svg viewBox="0 0 ${flowWidth} ${headHeight + height}" role="img" aria-label="Where the ${what} went, hop by hop">
${stations.map(
  ({ x, name, label }) =>
    html`<text class="strong" x="${x}" y="14">${name}</text><text class="dim" x="${x}" y="31">${label}</text>`,
)}
<g transform="translate(0 ${headHeight})">
${bands.map(({ x, y, width, height: tall }) => html`<rect class="good through" x="${x}" y="${y}" width="${width}" height="${tall}"/>`)}
${branches.map(({ tone, title, detail, label, ribbon, end, labelX, labelY }) => {
  const room = flowWidth - labelX - 6;
  return html`<g><title>${title}: ${label} (${detail})</title>
<path class="${tone} ribbon" d="${ribbon}"/>
<rect class="${tone}" x="${end.x}" y="${end.y}" width="${end.width}" height="${end.height}"/>
<text class="label strong" x="${labelX + 6}" y="${labelY - 3}">${cut(`${title}: ${label}`, room)}</text>
<text class="label dim" x="${labelX + 6}" y="${labelY + 13}">${cut(detail, room)}</text></g>`;
})}
${stations.map(({ x, y, width, height: tall }) => html`<rect class="sent" x="${x}" y="${y}" width="${width}" height="${tall}"/>`)}
</g></svg>`;
}

/** As much of a text as there is room for. */
function cut(text: string, room: number): string {
  const letters = Math.floor((room / textWidth('m')) * 1.05);
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}
