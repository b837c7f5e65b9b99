import { html, type Markup } from './markup.ts';
import type { PodLoad, Point } from './pod-load.ts';

const width = 1_000;
const left = 160;
const gap = 16;
const plotWidth = (width - left - 2 * gap) / 3;
const rowHeight = 56;
const plotHeight = 34;

/** CPU, memory and queue of each collector pod, a row each; undefined: the run was not sampled. */
export function loadsHtml(loads: readonly PodLoad[] | undefined): Markup {
  const heading = html`<h2>What the collectors took</h2>`;
  if (!loads || loads.length === 0) {
    return html`${heading}<p class="dim">Nothing was sampled of them: not known.</p>`;
  }
  const endMs = Math.max(1, ...loads.flatMap(({ memoryMiB }) => memoryMiB.map(([atMs]) => atMs)));
  const startMs = Math.min(0, ...loads.flatMap(({ memoryMiB }) => memoryMiB.map(([atMs]) => atMs)));
  const rows = loads.map((load, i) => rowSvg(load, i * rowHeight, [startMs, endMs]));
  return html`${heading}
<div class="wide"><svg viewBox="0 0 ${width} ${loads.length * rowHeight}" role="img" aria-label="CPU, memory and queue of each collector pod">
${rows}
</svg></div>`;
}

function rowSvg(load: PodLoad, y: number, span: readonly [number, number]): Markup {
  const { pod, cpu, memoryMiB, queue, throttledShare } = load;
  const held =
    throttledShare === undefined
      ? 'no CPU quota'
      : `throttled in ${Math.round(throttledShare * 100)} % of periods`;
  return html`<g><text x="0" y="${y + 14}">${pod.length > 22 ? `…${pod.slice(-21)}` : pod}<title>${pod}</title></text>
<text class="dim" x="0" y="${y + 30}">${held}</text>
${plotSvg({ points: cpu, name: 'CPU', unit: 'cores', digits: 2 }, 0, y, span)}
${plotSvg({ points: memoryMiB, name: 'memory', unit: 'MiB', digits: 0 }, 1, y, span)}
${plotSvg({ points: queue, name: 'queue', unit: 'waiting', digits: 0 }, 2, y, span)}</g>`;
}

interface Plot {
  readonly points: readonly Point[];
  readonly name: string;
  readonly unit: string;
  readonly digits: number;
}

function plotSvg(
  { points, name, unit, digits }: Plot,
  column: number,
  top: number,
  [fromMs, toMs]: readonly [number, number],
): Markup {
  const x0 = left + column * (plotWidth + gap);
  const bottom = top + rowHeight - 6;
  if (points.length === 0) {
    return html`<text class="dim" x="${x0}" y="${top + 14}">${name} not told</text>`;
  }
  const most = Math.max(...points.map(([, value]) => value));
  const x = (atMs: number): number => x0 + ((atMs - fromMs) / (toMs - fromMs)) * plotWidth;
  const y = (value: number): number => bottom - (value / Math.max(most, 1e-9)) * plotHeight;
  const line = points.map(([atMs, value]) => `${round(x(atMs))},${round(y(value))}`).join(' ');
  const label = `${name}, most ${Number(most.toFixed(digits))} ${unit}`;
  return html`<text class="dim" x="${x0}" y="${top + 12}">${label}</text>
<line class="base" x1="${x0}" x2="${x0 + plotWidth}" y1="${bottom}" y2="${bottom}"/>
<polyline class="load" points="${line}"><title>${label}</title></polyline>`;
}

const round = (n: number): number => Math.round(n * 10) / 10;
