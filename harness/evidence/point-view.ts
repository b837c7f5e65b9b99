import { metricNames, type PlannedPod } from '../plan/types.ts';
import { chunks, type Database } from './database.ts';
import { seriesText } from './points.ts';
import type { ItemEvidence, RunFacts, Sighting } from './types.ts';

type Draft = ItemEvidence & { readonly sightings: Sighting[] };

/** By what a point is known; the time of one that was scraped is made by who scraped it. */
const identityOf = (isScraped: boolean): string =>
  isScraped ? 'series, value' : 'series, time_ms, value';

/** Every planned point with where it was seen, in the order of sending. */
export async function* streamPoints(
  database: Database,
  { pods, isScraped = false }: Pick<RunFacts, 'pods' | 'isScraped'>,
): AsyncGenerator<ItemEvidence> {
  const sql = `
    SELECT p.item, p.series, p.time_ms, p.value, p.block, p.pod, p.attributes, p.resource, p.name,
      s.recorder, s.request
    FROM planned_points p LEFT JOIN seen_points s USING (${identityOf(isScraped)})
    ORDER BY p.item, s.recorder, s.request`;
  let current: Draft | undefined;
  for await (const chunk of chunks(database, sql)) {
    for (let row = 0; row < chunk.rowCount; row++) {
      const cell = (column: number) => chunk.cell(column, row) as number;
      if (current?.item !== cell(0)) {
        if (current) yield current;
        current = pointOf(cell, pods);
      }
      const recorder = chunk.cell(9, row) as number | null;
      if (recorder === null) continue;
      current.sightings.push({ ...unchanged, recorder, request: cell(10) });
    }
  }
  if (current) yield current;
}

/** What a point is, is what it is known by: there is nothing else to differ. */
const unchanged = { coreDigest: 0, stateDigest: 0, attributesId: 0, resourceId: 0, scopeId: 0 };

function pointOf(cell: (column: number) => number, pods: readonly PlannedPod[]): Draft {
  const series = cell(1);
  return {
    ...unchanged,
    item: cell(0),
    traceId: nameOf(series, pods),
    spanId: tellPoint(cell(3), cell(2)),
    block: cell(4),
    pod: cell(5),
    late: false,
    startOffsetNanos: 0,
    endOffsetNanos: 0,
    statusCode: 0,
    attributesId: cell(6),
    resourceId: cell(7),
    nameId: cell(8),
    sightings: [],
  };
}

const nameOf = (series: number, pods: readonly PlannedPod[]): string =>
  seriesText(
    metricNames[series % metricNames.length] ?? '',
    pods[Math.floor(series / metricNames.length)]?.name ?? '',
  );

/** `3 at 2026-01-01T10:00:00.000Z` */
const tellPoint = (value: number, timeMs: number): string =>
  `${value} at ${new Date(timeMs).toISOString()}`;

/** Points of the load's metrics that nobody planned. */
export const foreignPointsSql = (isScraped: boolean): string => `
  SELECT 'metrics' AS signal, recorder, request, format('series {}', series) AS trace_id,
    format('{} at {} ms', value, time_ms) AS span_id
  FROM seen_points s ANTI JOIN planned_points p USING (${identityOf(isScraped)})`;
