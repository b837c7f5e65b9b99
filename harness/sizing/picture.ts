import { html, type Markup, nothing } from '../report/markup.ts';
import type { Answer, Measurement } from './types.ts';
import type { Window } from './windows.ts';

const width = 900;
const height = 320;
const left = 60;
const bottom = height - 40;
const top = 20;
const steps = 40;

/**
 * Processors of one pod against the spans a second that it got: what the line was drawn from, the
 * line with its 90 % interval, and the rates that were held out from it.
 */
export function cpuPicture({ windows, tier }: Measurement, { cpuFit }: Answer): Markup {
  const known = windows.filter((window) => window.cores !== undefined && !window.invalid);
  if (known.length === 0) return nothing;
  const each = (window: Window): number => window.spansPerSecond / tier.replicas;
  const mostRate = Math.max(...known.map(each)) * 1.05;
  const band = cpuFit
    ? Array.from({ length: steps + 1 }, (_, i) => {
        const rate = (mostRate * i) / steps;
        return { rate, ...cpuFit.at(rate) };
      })
    : [];
  const mostCores = 1.1 * Math.max(...known.map(({ cores }) => cores ?? 0), band.at(-1)?.high ?? 0);
  const x = (rate: number): number => round(left + (rate / mostRate) * (width - left - 10));
  const y = (cores: number): number => round(bottom - (cores / mostCores) * (bottom - top));
  const along = (of: 'low' | 'value' | 'high') =>
    band.map((one) => `${x(one.rate)},${y(one[of])}`).join(' ');
  const around = `${along('low')} ${along('high').split(' ').toReversed().join(' ')}`;
  const limit = tier.cpuLimit;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Processors of a pod against its rate">
${cpuFit ? html`<polygon class="band" points="${around}"/><polyline class="load" points="${along('value')}"/>` : nothing}
${limit !== undefined && limit < mostCores ? html`<line class="moment" x1="${left}" x2="${width}" y1="${y(limit)}" y2="${y(limit)}"/><text class="dim" x="${left + 6}" y="${y(limit) - 5}">CPU limit</text>` : nothing}
${known.map((window) => dotSvg(window, x(each(window)), y(window.cores ?? 0)))}
<line class="base" x1="${left}" x2="${width}" y1="${bottom}" y2="${bottom}"/>
<line class="base" x1="${left}" x2="${left}" y1="${top}" y2="${bottom}"/>
<text class="dim" x="${left - 6}" y="${top + 4}" text-anchor="end">${mostCores.toFixed(2)}</text>
<text class="dim" x="${left - 6}" y="${bottom}" text-anchor="end">0</text>
<text class="dim" x="${width}" y="${bottom + 18}" text-anchor="end">${Math.round(mostRate)} spans/s a pod</text>
<text class="dim" x="${left}" y="${bottom + 34}">cores of a pod: ● the line was drawn from, ○ held out, ✕ not carried</text>
</svg>`;
}

function dotSvg({ purpose, bad, cores, spansPerSecond }: Window, x: number, y: number): Markup {
  const title = html`<title>${Math.round(spansPerSecond)} spans/s in all: ${cores?.toFixed(3)} cores${bad === undefined ? '' : `, ${bad}`}</title>`;
  if (bad !== undefined) {
    return html`<path class="cross" d="M${x - 4} ${y - 4}l8 8m0 -8l-8 8">${title}</path>`;
  }
  return purpose === 'fit'
    ? html`<circle class="sent" cx="${x}" cy="${y}" r="4">${title}</circle>`
    : html`<circle class="held" cx="${x}" cy="${y}" r="4">${title}</circle>`;
}

const round = (n: number): number => Math.round(n * 10) / 10;
