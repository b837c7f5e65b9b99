import type { MadeSeries } from '../../evidence/types.ts';
import { instanceLabel, type Labels } from '../model/counted-by.ts';

/** What came of one metric by some recorders, by its labels. */
export interface Observed {
  readonly byLabels: ReadonlyMap<string, { readonly value: number; readonly sum: number }>;
  /** Series that several processes write at once: none of them can be told from another. */
  readonly colliding: readonly string[];
  /** Points that were not taken. */
  readonly refused: number;
  readonly isDelta: boolean;
  /** More label sets came than the connector keeps: the rest is in one. */
  readonly overflows: boolean;
}

/** Labels as one text, whoever writes them. */
export const keyOf = (labels: Labels): string =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([key]) => key !== instanceLabel)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Beyond a connector's limit (spanmetricsconnector v0.152.0, connector.go, overflowKey). */
const overflowLabel = 'otel.metric.overflow';

type Stream = MadeSeries['series'][number]['streams'][number];

/** Sums up the series of one metric: what several processes counted, and each before and after. */
export function observe(
  { series }: MadeSeries,
  metric: string,
  recorders: ReadonlySet<number>,
): Observed {
  const own = series.filter((one) => one.metric === metric && recorders.has(one.recorder));
  const bySeries = Map.groupBy(own, ({ attributes, resource }) =>
    JSON.stringify([attributes, resource]),
  );
  const byLabels = new Map<string, { value: number; sum: number }>();
  const colliding: string[] = [];
  for (const alike of bySeries.values()) {
    const [first] = alike;
    if (!first) continue;
    const streams = first.isDelta ? alike.flatMap((one) => one.streams) : latest(alike);
    const key = keyOf(first.attributes);
    // What is beyond the limit has no label of its own, nor one of its process.
    const isRest = first.attributes[overflowLabel] === true;
    if (!first.isDelta && !isRest && overlap(streams)) colliding.push(key);
    const total = byLabels.get(key) ?? { value: 0, sum: 0 };
    for (const { value, sum = 0 } of streams) {
      total.value += value;
      total.sum += sum;
    }
    byLabels.set(key, total);
  }
  return {
    byLabels,
    colliding,
    refused: own.reduce((sum, { refused }) => sum + refused, 0),
    isDelta: own.some(({ isDelta }) => isDelta),
    overflows: own.some(({ attributes }) => attributes[overflowLabel] === true),
  };
}

/** One process's stream may come by several recorders: its latest value counts. */
function latest(alike: MadeSeries['series']): Stream[] {
  const byStart = new Map<number, Stream>();
  for (const stream of alike.flatMap(({ streams }) => streams)) {
    const known = byStart.get(stream.startMs);
    const later = known && known.lastMs > stream.lastMs ? known : stream;
    const firstMs = Math.min(stream.firstMs, known?.firstMs ?? stream.firstMs);
    byStart.set(stream.startMs, { ...later, firstMs });
  }
  return [...byStart.values()];
}

/** A process that ended is followed by the next; two at once are two. */
function overlap(streams: readonly Stream[]): boolean {
  const ordered = streams.toSorted((a, b) => a.firstMs - b.firstMs);
  return ordered.some(({ firstMs }, i) => {
    const before = ordered[i - 1];
    return before !== undefined && firstMs < before.lastMs;
  });
}
