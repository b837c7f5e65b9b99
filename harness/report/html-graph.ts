import type { Arrow, Graph, Station } from '../judge/graph.ts';
import { flowWidth } from './flow.ts';
import { style } from './html-style.ts';
import { html, type Markup, nothing } from './markup.ts';
import { lineHeight, textWidth } from './placing.ts';

const pad = 10;
const gapBelow = 26;
const titleLines = 2;
const classes = { pipeline: 'strong', modelled: 'label', blind: 'blind' } as const;

interface Box {
  readonly station: Station;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The pipeline as the bench understood it: tiers with their processors, backends, ways. */
export function graphSvg(graph: Graph): Markup {
  const { boxes, width, height } = placed(graph);
  const arrows = graph.arrows.flatMap((arrow) => {
    const [from, to] = [boxes.get(arrow.from), boxes.get(arrow.to)];
    return from && to ? [arrowSvg(arrow, from, to, besideOthers(graph, arrow))] : [];
  });
  return html`<svg viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="The pipeline as the bench understood it">
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="quiet" d="M0 0 8 4 0 8Z"/></marker></defs>
${[...boxes.values()].map(boxSvg)}
${arrows}
</svg>`;
}

/** The same as a file of its own. */
export const graphFile = (graph: Graph): string =>
  graphSvg(graph).markup.replace('<defs>', `<style>${style}</style><defs>`);

function boxSvg({ station, x, y, width, height }: Box): Markup {
  const { title, detail, kind, isReached, lines } = station;
  const at = (line: number): number => y + pad + (line + 0.75) * lineHeight;
  return html`<g><rect class="station ${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>
<text class="strong" x="${x + pad}" y="${at(0)}">${title}</text>
<text class="dim" x="${x + pad}" y="${at(1)}">${detail}${isReached ? '' : ' (no load gets here)'}</text>
${lines.map(
  ({ text, is }, i) =>
    html`<text class="${classes[is]}" x="${x + pad}" y="${at(i + titleLines)}">${text}${is === 'blind' ? html`<title>what it changes is not modelled</title>` : nothing}</text>`,
)}</g>`;
}

/** From the right side of one box to the left of another; what goes on it is written above. */
function arrowSvg({ signals, how }: Arrow, from: Box, to: Box, down: number): Markup {
  const [x1, x2] = [from.x + from.width, to.x];
  const [y1, y2] = [from, to].map(({ y, height }) => y + height / 2 + down) as [number, number];
  const bend = (x2 - x1) / 2;
  const text = signals.join(', ');
  return html`<g><path class="way" marker-end="url(#tip)" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>
<text class="label on" text-anchor="middle" x="${x1 + bend}" y="${(y1 + y2) / 2 - 5}">${text}</text>
<text class="dim on" text-anchor="middle" x="${x1 + bend}" y="${(y1 + y2) / 2 + 12}">${how}</text></g>`;
}

/** Pixels by which an arrow is moved off the middle, where several join the same two boxes. */
function besideOthers({ arrows }: Graph, arrow: Arrow): number {
  const alike = arrows.filter(({ from, to }) => from === arrow.from && to === arrow.to);
  return (alike.indexOf(arrow) - (alike.length - 1) / 2) * 2.6 * lineHeight;
}

const widthOf = ({ title, detail, lines, isReached }: Station): number =>
  2 * pad +
  Math.max(
    ...[title, `${detail}${isReached ? '' : ' (no load gets here)'}`].map(textWidth),
    ...lines.map(({ text }) => textWidth(text)),
  );

const heightOf = ({ lines }: Station): number => 2 * pad + (titleLines + lines.length) * lineHeight;

/** Columns from left to right, each as wide as its widest box, with room for the arrows' texts. */
function placed({ stations, arrows }: Graph) {
  const boxes = new Map<string, Box>();
  const between = 30 + Math.max(0, ...arrows.map(longestText).map(textWidth));
  const columns = [...Map.groupBy(stations, ({ column }) => column)].sort(([a], [b]) => a - b);
  const tall = columns.map(([, own]) =>
    own.reduce((sum, one) => sum + heightOf(one) + gapBelow, 0),
  );
  const height = Math.max(...tall);
  let x = 1;
  columns.forEach(([, own], i) => {
    const width = Math.max(...own.map(widthOf));
    let y = (height - (tall[i] ?? 0)) / 2 + gapBelow / 2;
    for (const station of own) {
      boxes.set(station.id, { station, x, y, width, height: heightOf(station) });
      y += heightOf(station) + gapBelow;
    }
    x += width + between;
  });
  // A small one is not blown up.
  const width = Math.max(flowWidth, Math.round(x - between + 1));
  return { boxes, width, height: Math.round(height) };
}

const longestText = ({ signals, how }: Arrow): string => {
  const text = signals.join(', ');
  return text.length > how.length ? text : how;
};
