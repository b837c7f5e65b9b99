import { hexOfHalf } from '../lib/hex.ts';
import { type ChunkReader, chunks, type Database, indexIn } from './database.ts';
import { sliceItems } from './items.ts';
import type { ItemEvidence, Sighting, TraceEvidence } from './types.ts';

/** Eight bytes of an id: reading a text is dear, sorting it too. */
const halfOf = (text: string): string => `('0x' || ${text})::UBIGINT`;

/** Planned items in the order of their numbers. */
const plannedSql = (table: string, slice: string): string => `
  SELECT item, trace, ${halfOf('trace_id[1:16]')}, ${halfOf('trace_id[17:]')}, ${halfOf('span_id')},
    block, pod, late::UTINYINT, start_offset_nanos, end_offset_nanos, status_code, core_digest, state_digest, attributes,
    resource, scope, name
  FROM ${table} WHERE ${slice} ORDER BY item`;

/** Where planned items were seen, in the same order. */
const seenSql = (signal: string, slice: string): string => `
  SELECT item, recorder, request, core_digest, state_digest, attributes, resource, scope
  FROM seen WHERE signal = '${signal}' AND ${slice} ORDER BY item, recorder, request, nth`;

interface Draft extends ItemEvidence {
  readonly trace: number;
  readonly sightings: Sighting[];
}

/** Every planned item of a signal with where it was seen, one by one. */
export async function* streamItems(
  ...of: Parameters<typeof streamChunks>
): AsyncGenerator<ItemEvidence> {
  for await (const items of streamChunks(...of)) yield* items;
}

/** Slice by slice, some items at a time: to wait for each of millions is dear. */
async function* streamChunks(
  database: Database,
  table: 'planned_spans' | 'planned_logs',
  signal: 'traces' | 'logs',
): AsyncGenerator<readonly Draft[]> {
  const [{ last } = { last: null }] = await database.rows(`SELECT max(item) AS last FROM ${table}`);
  for (let from = 0; last !== null && from <= Number(last); from += sliceItems) {
    const slice = `item BETWEEN ${from} AND ${from + sliceItems - 1}`;
    yield* streamSlice(database, plannedSql(table, slice), seenSql(signal, slice));
  }
}

/** Two sorted streams become one. */
async function* streamSlice(
  database: Database,
  planned: string,
  sightings: string,
): AsyncGenerator<readonly Draft[]> {
  const seen = chunks(database, sightings);
  try {
    let from = await sightingsIn(seen);
    let before: Draft | undefined;
    for await (const chunk of chunks(database, planned)) {
      const itemAt = itemsIn(chunk);
      const drafts: Draft[] = [];
      for (let row = 0; row < chunk.rowCount; row++) {
        const draft = itemAt(row, before);
        while (from && !from.takeInto(draft)) from = await sightingsIn(seen);
        drafts.push(draft);
        before = draft;
      }
      yield drafts;
    }
  } finally {
    await seen.return(undefined);
  }
}

/** Some sightings; `takeInto` gives an item its own, and is false when it got to their end. */
interface Sightings {
  takeInto(draft: Draft): boolean;
}

async function sightingsIn(seen: AsyncGenerator<ChunkReader>): Promise<Sightings | undefined> {
  const { value: chunk, done } = await seen.next();
  if (done) return undefined;
  const columns = [0, 1, 2, 5, 6, 7].map(chunk.numbers);
  const [items, recorder, request, attributes, resource, scope] = columns as Six;
  const [core, state] = [3, 4].map(chunk.digests) as Column[] as Two;
  let row = 0;
  return {
    takeInto: ({ item, sightings }) => {
      for (; row < chunk.rowCount && items[row] === item; row++) {
        sightings.push({
          recorder: recorder[row] as number,
          request: request[row] as number,
          coreDigest: core[row] as number,
          stateDigest: state[row] as number,
          attributesId: attributes[row] as number,
          resourceId: resource[row] as number,
          scopeId: scope[row] as number,
        });
      }
      return row < chunk.rowCount;
    },
  };
}

type Column = ArrayLike<number>;
type Two = [Column, Column];
type Four = [Column, Column, Column, Column];
type Six = [...Four, Column, Column];
type Eight = [Column, Column, Column, Column, Column, Column, Column, Column];
type Three = [Uint32Array, Uint32Array, Uint32Array];

const hexAt = (halves: Uint32Array, row: number): string =>
  hexOfHalf(halves[2 * row + 1] as number) + hexOfHalf(halves[2 * row] as number);

/**
 * Reads the items of a chunk.
 * @returns with the item before as its second argument: a trace's id is that of each span
 */
function itemsIn(chunk: ChunkReader): (row: number, before: Draft | undefined) => Draft {
  const [traceHighs, traceLows, spanIds] = [2, 3, 4].map(chunk.halves) as Three;
  const columns = [0, 1, 5, 6, 7, 8, 9, 10].map(chunk.numbers);
  const [items, traces, block, pod, late, start, end, status] = columns as Eight;
  const [core, state] = [11, 12].map(chunk.digests) as Column[] as Two;
  const [attributes, resource, scope, name] = [13, 14, 15, 16].map(chunk.numbers) as Four;
  return (row, before) => {
    const trace = traces[row] as number;
    return {
      item: items[row] as number,
      trace,
      traceId:
        before?.trace === trace ? before.traceId : hexAt(traceHighs, row) + hexAt(traceLows, row),
      spanId: hexAt(spanIds, row),
      block: block[row] as number,
      pod: pod[row] as number,
      late: late[row] !== 0,
      startOffsetNanos: start[row] as number,
      endOffsetNanos: end[row] as number,
      statusCode: status[row] as number,
      coreDigest: core[row] as number,
      stateDigest: state[row] as number,
      attributesId: attributes[row] as number,
      resourceId: resource[row] as number,
      scopeId: scope[row] as number,
      nameId: name[row] as number,
      sightings: [],
    };
  };
}

/** Spans of a trace have consecutive numbers, so the item stream is the trace stream. */
export async function* streamTraces(database: Database): AsyncGenerator<TraceEvidence> {
  const classOf = await readClasses(database);
  let spans: Draft[] = [];
  const whole = (): TraceEvidence => {
    const [{ trace, traceId }] = spans as [Draft];
    return { trace, traceId, className: classOf(trace), spans };
  };
  for await (const chunk of streamChunks(database, 'planned_spans', 'traces')) {
    for (const span of chunk) {
      if (spans.length > 0 && spans[0]?.trace !== span.trace) {
        yield whole();
        spans = [];
      }
      spans.push(span);
    }
  }
  if (spans.length > 0) yield whole();
}

/** Few classes, and millions of traces. */
async function readClasses(database: Database): Promise<(trace: number) => string> {
  const found = await database.rows('SELECT DISTINCT class FROM planned_traces ORDER BY class');
  const names = found.map((row) => String(row.class));
  if (names.length === 0) return () => 'normal';
  const [{ last } = { last: null }] = await database.rows(
    'SELECT max(trace) AS last FROM planned_traces',
  );
  const classes = new Uint16Array(Number(last ?? -1) + 1).fill(names.length);
  const sql = `
    SELECT trace, ${indexIn(names, 'class')}
    FROM planned_traces`;
  await database.stream(sql, (chunk) => {
    const [traces, indexes] = [0, 1].map(chunk.numbers) as [Column, Column];
    for (let row = 0; row < chunk.rowCount; row++)
      classes[traces[row] as number] = indexes[row] as number;
  });
  return (trace) => names[classes[trace] ?? names.length] ?? 'normal';
}
