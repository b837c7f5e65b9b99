import type { Timeline } from '../judge/timeline.ts';

/** The timeline as it is drawn: few enough columns to see, a scale for each panel, lanes. */

export interface Series {
  readonly name: string;
  /** Class of its colour. */
  readonly tone: string;
  readonly values: readonly number[];
}

/** One chart: series stacked on each other, from the bottom up. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly top: number;
  readonly ticks: readonly number[];
}

/** A stretch of time over all panels. */
export interface Band {
  readonly label: string;
  readonly detail: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Row of its label, so that labels do not cover each other. */
  readonly row: number;
}

/** One collector pod: when its containers were ready, and how each ended. */
export interface Lane {
  readonly pod: string;
  readonly up: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly ends: readonly { readonly atMs: number; readonly how: string }[];
}

export interface Chart {
  readonly columnMs: number;
  readonly columns: number;
  readonly endMs: number;
  readonly ticksMs: readonly number[];
  readonly panels: readonly Panel[];
  readonly bands: readonly Band[];
  readonly rows: number;
  readonly lanes: readonly Lane[];
}

/** Colours of losses, `bad0` and on: as many as there are causes. */
export const lossTones = 6;
/** More columns than this can't be told apart. */
const mostColumns = 180;

/** Lays the timeline out. Rates are a second, losses are sums of one column. */
export function chartOf(timeline: Timeline): Chart {
  const buckets = timeline.delivered.length;
  const factor = Math.max(1, Math.ceil(buckets / mostColumns));
  const columnMs = timeline.bucketMs * factor;
  const columns = Math.ceil(buckets / factor);
  const endMs = columns * columnMs;
  const bands = bandsOf(timeline, endMs);
  return {
    columnMs,
    columns,
    endMs,
    ticksMs: ticksUpTo(endMs / 1_000, 8).map((second) => second * 1_000),
    panels: panelsOf(timeline, factor, columnMs),
    bands,
    rows: Math.max(0, ...bands.map(({ row }) => row + 1)),
    lanes: lanesOf(timeline, endMs),
  };
}

function panelsOf(timeline: Timeline, factor: number, columnMs: number): Panel[] {
  const { sent, delivered, decisions, lost } = timeline;
  const perSecond = 1_000 / columnMs;
  const series = (
    name: string,
    tone: string,
    values: readonly number[],
    scale: number,
  ): Series => ({
    name,
    tone,
    values: sumsOf(values, factor).map((n) => n * scale),
  });
  const panels = [
    panel('Sent', 'spans/s', [
      series('acknowledged', 'sent', sent.acked, perSecond),
      series('refused', 'warn', sent.refused, perSecond),
      series('no answer', 'odd', sent.unknown, perSecond),
      series('due, not sent', 'quiet', sent.notSent, perSecond),
    ]),
    panel('Decided', 'traces/s', [
      series('kept', 'good', decisions.kept, perSecond),
      series('not kept', 'quiet', decisions.notKept, perSecond),
      series('open', 'odd', decisions.open, perSecond),
    ]),
    panel('Delivered', 'spans/s', [series('at the backend', 'good', delivered, perSecond)]),
    panel(
      'Lost',
      columnMs === 1_000 ? 'spans in 1 s' : `spans in ${columnMs / 1_000} s`,
      lost.map(({ hop, cause, spans }, i) =>
        series(`${cause} at ${hop}`, `bad${i % lossTones}`, spans, 1),
      ),
    ),
  ];
  return panels.filter(({ series: shown }) => shown.length > 0);
}

/**
 * Series with nothing in them are left out, but for the first, which is what the panel is about.
 */
function panel(title: string, unit: string, all: readonly Series[]): Panel {
  const series = all.filter(({ values }, i) => i === 0 || values.some((n) => n > 0));
  const columns = series[0]?.values.length ?? 0;
  const sums = Array.from({ length: columns }, (_, column) =>
    series.reduce((sum, { values }) => sum + (values[column] ?? 0), 0),
  );
  const ticks = ticksUpTo(Math.max(1, ...sums), 3);
  return { title, unit, series, ticks, top: Math.max(1, ...sums, ticks.at(-1) ?? 0) };
}

/** Sums of `factor` neighbours each. */
function sumsOf(values: readonly number[], factor: number): number[] {
  const sums = Array.from({ length: Math.ceil(values.length / factor) }, () => 0);
  values.forEach((n, i) => {
    const column = Math.floor(i / factor);
    sums[column] = (sums[column] ?? 0) + n;
  });
  return sums;
}

/** Round numbers from 0 to at most `top`: steps of 1, 2 or 5 times a power of ten. */
export function ticksUpTo(top: number, most: number): number[] {
  const rough = top / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? rough;
  const count = Math.floor(top / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Math.round(i * step * 1e6) / 1e6);
}

/** A label takes about this share of the chart's width. */
const labelShare = 0.16;

function bandsOf({ faults }: Timeline, endMs: number): Band[] {
  const free: number[] = [];
  return [...faults]
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(({ kind, target, pod, fromMs, toMs, bit }): Band => {
      const [from, to] = [clamp(fromMs, endMs), clamp(toMs ?? endMs, endMs)];
      const at = free.findIndex((until) => until <= from);
      const row = at < 0 ? free.length : at;
      free[row] = Math.max(to, from + endMs * labelShare);
      const healed = toMs === null ? 'never healed' : `healed at ${(toMs / 1_000).toFixed(1)} s`;
      const detail = `${pod}, injected at ${(fromMs / 1_000).toFixed(1)} s, ${healed}`;
      const label = `${kind} ${target}${bit ? '' : ' (did not bite)'}`;
      return { label, detail, fromMs: from, toMs: to, row };
    });
}

function lanesOf({ lives }: Timeline, endMs: number): Lane[] {
  const pods = [...new Set(lives.map(({ pod }) => pod))].sort();
  return pods.map((pod) => {
    const own = lives.filter((life) => life.pod === pod);
    return {
      pod,
      up: own.flatMap(({ readyMs, toMs }) => {
        const [from, to] = [clamp(readyMs ?? endMs, endMs), clamp(toMs ?? endMs, endMs)];
        return to > from ? [{ fromMs: from, toMs: to }] : [];
      }),
      ends: own.flatMap(({ toMs, ending, oomKilled }) =>
        toMs !== null && (ending === 'fault' || ending === 'unasked')
          ? [
              {
                atMs: clamp(toMs, endMs),
                how: oomKilled ? 'killed for want of memory' : howOf(ending),
              },
            ]
          : [],
      ),
    };
  });
}

const howOf = (ending: 'fault' | 'unasked'): string =>
  ending === 'fault' ? 'ended by the scenario' : 'ended unasked';

const clamp = (ms: number, endMs: number): number => Math.min(endMs, Math.max(0, ms));
