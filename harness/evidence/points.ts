import { decodeAttributes } from '../lib/otlp/decode.ts';
import { pointAttributes, scanPoints } from '../lib/otlp/points.ts';
import { scanRemoteWrite } from '../lib/remote-write.ts';
import { metricNames, type Plan, podLabel } from '../plan/types.ts';
import type { RequestRecord } from '../tap/format.ts';
import type { Columns } from './database.ts';
import { isRemoteWrite, messageOf } from './payload.ts';

/** One metric point of the load: its identity is series, time and value. */
export interface MetPoint {
  /** Its number among the planned series; `strangeSeries` where only the metric is ours. */
  readonly series: number;
  readonly timeMs: number;
  readonly value: number;
}

export const plannedPointColumns = {
  item: 'count',
  series: 'count',
  time_ms: 'number',
  value: 'number',
  block: 'count',
  pod: 'count',
  attributes: 'count',
  resource: 'count',
  /** Number of the metric's name. */
  name: 'count',
} as const satisfies Columns;

export const seenPointColumns = {
  recorder: 'count',
  request: 'count',
  /** Its place among the request's points. */
  nth: 'count',
  series: 'count',
  time_ms: 'number',
  value: 'number',
} as const satisfies Columns;

/** A metric of the load with a label that nobody planned. */
export const strangeSeries = 0xffff_ffff;

/** Finds a metric's series by its name and label; undefined where it is not the load's. */
export type FindSeries = (name: string, label: string | undefined) => number | undefined;

/**
 * Names as OTLP has them and as Prometheus has them: dots become underscores, a sum ends in
 * `_total`, a namespace may stand in front (pkg/translator/prometheus, contrib v0.152.0).
 */
const spellings = metricNames.map(
  (name) => new RegExp(`(?:^|_)${name.replace('.', '[._]')}(?:_total)?$`),
);

/** The pods of a plan: all that its series are known by. */
export type SeriesPods = readonly Pick<Plan['pods'][number], 'name'>[];

/** @returns the series of a plan: each metric of each pod */
export function createSeries({ pods }: { readonly pods: SeriesPods }): FindSeries {
  const podOf = new Map(pods.map(({ name }, pod) => [name, pod]));
  const metricOf = new Map<string, number>();
  return (name, label) => {
    const metric = metricOf.get(name) ?? spellings.findIndex((spelling) => spelling.test(name));
    metricOf.set(name, metric);
    if (metric < 0) return undefined;
    const pod = label === undefined ? undefined : podOf.get(label);
    return pod === undefined ? strangeSeries : pod * metricNames.length + metric;
  };
}

/** What a planned point is called by: `bench.requests{bench.pod="checkout-0"}`. */
export const seriesText = (name: string, label: string): string =>
  `${name}{${podLabel}="${label}"}`;

/** A data point that only says that its series has ended (metrics.proto, DataPointFlags). */
const noRecordedValue = 1;
/** The same in remote write is a NaN of a kind of its own; the load sends none at all. */
const isStale = (value: number): boolean => Number.isNaN(value);

/** As Prometheus spells it, where it does not take dots. */
const labelNames = [podLabel, podLabel.replace('.', '_')];

/** The value of the label that says whose a point is. */
export function labelIn(labels: Readonly<Record<string, unknown>>): string | undefined {
  const label = labelNames.flatMap((name) => labels[name] ?? [])[0];
  return label === undefined ? undefined : String(label);
}

/**
 * The load's points in a recorded request of metrics, OTLP or remote write. That a series has ended
 * is no point of it.
 * @throws where it can't be read as either
 */
export function readPoints(
  record: Pick<RequestRecord, 'meta' | 'payload'>,
  seriesOf: FindSeries,
  visit: (point: MetPoint) => void,
): void {
  // Hidden, or gone. A message of no metrics, as a connector flushes at first, is framed or zipped.
  if (record.payload.length === 0) throw new Error('it has no payload');
  const bytes = messageOf(record);
  if (isRemoteWrite(record.meta.path)) {
    scanRemoteWrite(bytes, ({ labels, timeMs, value }) => {
      const series = seriesOf(labels.__name__ ?? '', labelIn(labels));
      if (series !== undefined && !isStale(value)) visit({ series, timeMs, value });
    });
    return;
  }
  scanPoints(bytes, 0, bytes.length, {
    resource: () => undefined,
    point: ({ nameStart, nameEnd, attributesStart, attributesEnd, timeMs, value, flags }) => {
      if (flags & noRecordedValue) return;
      const name = bytes.toString('utf8', nameStart, nameEnd);
      const labels = decodeAttributes(bytes, attributesStart, attributesEnd, pointAttributes);
      const series = seriesOf(name, labelIn(labels));
      if (series !== undefined) visit({ series, timeMs, value });
    },
  });
}
