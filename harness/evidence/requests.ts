import { outcomes } from '../tap/format.ts';
import { type Database, indexIn } from './database.ts';
import { isRemoteWrite } from './payload.ts';
import type { RecorderFact, RequestFact } from './types.ts';

/** Requests of one recorder, by number: as objects millions would take most of the memory. */
interface RequestColumns {
  readonly isThere: Uint8Array;
  readonly atMs: Float64Array;
  readonly answeredMs: Float64Array;
  readonly code: Float64Array;
  readonly rejected: Uint32Array;
  readonly items: Uint32Array;
  /** Index in `said`. */
  readonly outcome: Uint8Array;
  /** Few have something to tell. */
  readonly message: Map<number, string>;
  readonly remoteWrite: Set<number>;
}

const said = [...outcomes, 'missing'] as const satisfies readonly RequestFact['outcome'][];

export type RequestLookup = (recorder: number, request: number) => RequestFact | undefined;

/** Reads all requests; a fact is made when it is asked for. */
export async function readRequests(
  database: Database,
  recorders: readonly RecorderFact[],
): Promise<RequestLookup> {
  const tables = new Map<number, RequestColumns>();
  for (const row of await database.rows(
    'SELECT recorder, max(request) AS last FROM requests GROUP BY recorder',
  )) {
    tables.set(Number(row.recorder), columnsFor(Number(row.last) + 1));
  }
  await fill(database, tables);
  const lookups = new Map(
    [...tables].map(([number, columns]) => [number, lookupOf(columns, recorders[number])]),
  );
  return (recorder, request) => lookups.get(recorder)?.(request);
}

const columnsFor = (count: number): RequestColumns => ({
  isThere: new Uint8Array(count),
  atMs: new Float64Array(count),
  answeredMs: new Float64Array(count),
  code: new Float64Array(count),
  rejected: new Uint32Array(count),
  items: new Uint32Array(count),
  outcome: new Uint8Array(count),
  message: new Map(),
  remoteWrite: new Set(),
});

type Column = ArrayLike<number>;
type Eight = [Column, Column, Column, Column, Column, Column, Column, Column];

async function fill(
  database: Database,
  tables: ReadonlyMap<number, RequestColumns>,
): Promise<void> {
  // Reading a text is dear: only of what has one to tell.
  const sql = `
    SELECT recorder, request, at_ms, answered_ms, code, rejected, items,
      ${indexIn(said, 'outcome')},
      message <> '', signal = 'metrics', message, path
    FROM requests`;
  await database.stream(sql, (chunk) => {
    const columns = [0, 1, 2, 3, 4, 5, 6, 7].map(chunk.numbers);
    const [recorder, numbers, atMs, answeredMs, code, rejected, items, outcome] = columns as Eight;
    for (let row = 0; row < chunk.rowCount; row++) {
      const own = tables.get(recorder[row] as number) as RequestColumns;
      const request = numbers[row] as number;
      own.isThere[request] = 1;
      own.atMs[request] = atMs[row] as number;
      own.answeredMs[request] = answeredMs[row] as number;
      own.code[request] = code[row] as number;
      own.rejected[request] = rejected[row] as number;
      own.items[request] = items[row] as number;
      own.outcome[request] = outcome[row] as number;
      if (chunk.cell(8, row) === true) own.message.set(request, String(chunk.cell(10, row)));
      const isOfMetrics = chunk.cell(9, row) === true;
      if (isOfMetrics && isRemoteWrite(String(chunk.cell(11, row)))) own.remoteWrite.add(request);
    }
  });
}

function lookupOf(
  own: RequestColumns,
  recorder: RecorderFact | undefined,
): (request: number) => RequestFact | undefined {
  const unheard = new Set(recorder?.unheard);
  const whole = recorder?.followed?.filter((f) => f.outcome === 'ok' && f.rejected === 0) ?? [];
  const taken = new Map(whole.map(({ request, atMs }) => [request, atMs]));
  const factOf = (request: number): RequestFact => {
    const rejected = own.rejected[request] as number;
    const fact = {
      atMs: own.atMs[request] as number,
      outcome: said[own.outcome[request] as number] as RequestFact['outcome'],
      answeredMs: own.answeredMs[request] as number,
      code: own.code[request] as number,
      message: own.message.get(request) ?? '',
      rejected,
      heard: !unheard.has(request),
      takenMs: taken.get(request),
    };
    // Millions are plain.
    if (rejected === 0 && own.remoteWrite.size === 0) return fact;
    return {
      ...fact,
      ...(own.remoteWrite.has(request) ? { remoteWrite: true } : {}),
      ...rejectsOf(rejected, own.items[request] as number),
    };
  };
  // Spans of a trace mostly stand in one request.
  let last: { readonly request: number; readonly fact: RequestFact } | undefined;
  return (request) => {
    if (last?.request === request) return last.fact;
    if (own.isThere[request] !== 1) return undefined;
    const fact = factOf(request);
    last = { request, fact };
    return fact;
  };
}

/** Of an answer that can't be read one more than there are (payload.ts). */
const rejectsOf = (rejected: number, items: number): Pick<RequestFact, 'rejects'> =>
  rejected === 0
    ? {}
    : { rejects: rejected > items ? 'unread' : rejected === items ? 'all' : 'some' };
