import { type ChunkReader, chunks, type Database } from './database.ts';
import { isRemoteWrite } from './payload.ts';
import { foreignPointsSql, streamPoints } from './point-view.ts';
import { loadJson, openTables } from './store.ts';
import type {
  ContentPair,
  Evidence,
  ForeignItem,
  ItemEvidence,
  ItemKey,
  RecorderFact,
  RequestFact,
  Sighting,
  TraceEvidence,
} from './types.ts';

/** Evidence of a stored run, opened for judging. `close` it when done. */
export interface OpenEvidence extends Evidence {
  /** Files and tables that are not there. */
  readonly missing: readonly string[];
  close(): void;
}

/**
 * Opens a stored run. Nothing is read into memory but the small files and the list of requests;
 * items are streamed, sorted and joined by DuckDB.
 * @throws Error where not even the run's facts are there.
 */
export async function openEvidence(runFolder: string): Promise<OpenEvidence> {
  const facts = loadJson(runFolder, 'facts');
  if (!facts) throw new Error(`${runFolder} holds no run: evidence/facts.json is missing`);
  const { database, missing } = await openTables(runFolder);
  const gone: string[] = [...missing];
  const json = <K extends Parameters<typeof loadJson>[1]>(name: K) => {
    const value = loadJson(runFolder, name);
    if (value === undefined) gone.push(name);
    return value;
  };
  const recorders = json('recorders') ?? [];
  const requests = missing.includes('requests')
    ? new Map()
    : await readRequests(database, recorders);
  const dictionaries = json('dictionaries');
  const contents = new Map<string, ContentPair>();
  for (const c of json('contents') ?? []) {
    contents.set(`${c.signal}/${c.item}/${c.recorder}/${c.request}`, c);
  }
  const tablesGone = missing.length > 0;
  return {
    facts,
    missing: gone,
    blocks: json('blocks') ?? [],
    recorders,
    lives: json('lives') ?? [],
    receipts: json('receipts') ?? [],
    answers: json('answers'),
    drops: json('drops') ?? [],
    words: loadJson(runFolder, 'words') ?? [],
    // Not `missing`: only who asks for canaries must know.
    leaks: loadJson(runFolder, 'leaks'),
    // As above: of who asks for links.
    clicks: loadJson(runFolder, 'clicks'),
    queues: loadJson(runFolder, 'queues') ?? [],
    series: loadJson(runFolder, 'series'),
    app: loadJson(runFolder, 'app'),
    // Runs recorded before it was read have none: the bursts of what was kept show the rest.
    starts: loadJson(runFolder, 'starts') ?? [],
    request: (recorder, request) => requests.get(recorder)?.[request],
    attributes: (id) => dictionaries?.attributes[id] ?? {},
    resource: (id) => dictionaries?.resources[id] ?? {},
    scope: (id) => dictionaries?.scopes[id] ?? {},
    name: (id) => dictionaries?.names[id] ?? {},
    traces: () => (tablesGone ? nothing() : streamTraces(database)),
    logs: () => (tablesGone ? nothing() : streamItems(database, 'planned_logs', 'logs')),
    points: () => (tablesGone ? nothing() : streamPoints(database, facts)),
    foreign: async () => (tablesGone ? [] : readForeign(database, facts.isScraped === true)),
    contents: (key: ItemKey, sighting: Sighting) =>
      contents.get(`${key.signal}/${key.item}/${sighting.recorder}/${sighting.request}`),
    arrivals: (recorder) => (tablesGone ? nothing() : streamArrivals(database, recorder)),
    emissions: async (recorder, backends) =>
      tablesGone || backends.length === 0 ? [] : readEmissions(database, recorder, backends),
    distinctTraces: async (recorder) => {
      if (tablesGone) return 0;
      const sql = `SELECT count(DISTINCT trace_id) AS n FROM seen WHERE signal = 'traces' AND recorder = ${recorder}`;
      return Number((await database.rows(sql))[0]?.n ?? 0);
    },
    close: () => database.close(),
  };
}

async function* nothing(): AsyncGenerator<never> {}

/** By recorder, then by request number. */
async function readRequests(
  database: Database,
  recorders: readonly RecorderFact[],
): Promise<Map<number, RequestFact[]>> {
  const unheard = recorders.map((recorder) => new Set(recorder.unheard));
  const taken = recorders.map(({ followed = [] }) => {
    const whole = followed.filter(({ outcome, rejected }) => outcome === 'ok' && rejected === 0);
    return new Map(whole.map(({ request, atMs }) => [request, atMs]));
  });
  const requests = new Map<number, RequestFact[]>();
  const sql = `SELECT recorder, request, at_ms, outcome, answered_ms, code, message, rejected, path, items FROM requests`;
  await database.stream(sql, (chunk) => {
    for (let row = 0; row < chunk.rowCount; row++) {
      const recorder = Number(chunk.cell(0, row));
      const list = requests.get(recorder) ?? [];
      requests.set(recorder, list);
      const request = Number(chunk.cell(1, row));
      list[request] = {
        atMs: Number(chunk.cell(2, row)),
        outcome: String(chunk.cell(3, row)) as RequestFact['outcome'],
        answeredMs: Number(chunk.cell(4, row)),
        code: Number(chunk.cell(5, row)),
        message: String(chunk.cell(6, row)),
        rejected: Number(chunk.cell(7, row)),
        heard: unheard[recorder]?.has(request) !== true,
        takenMs: taken[recorder]?.get(request),
        ...(isRemoteWrite(String(chunk.cell(8, row))) ? { remoteWrite: true } : {}),
        ...rejectsOf(Number(chunk.cell(7, row)), Number(chunk.cell(9, row))),
      };
    }
  });
  return requests;
}

/** Of an answer that can't be read one more than there are (payload.ts). */
const rejectsOf = (rejected: number, items: number): Pick<RequestFact, 'rejects'> =>
  rejected === 0
    ? {}
    : { rejects: rejected > items ? 'unread' : rejected === items ? 'all' : 'some' };

const itemSql = (table: string, signal: string): string => `
  SELECT p.item, p.trace, p.trace_id, ('0x' || p.span_id)::UBIGINT, p.block, p.pod, p.late, p.start_offset_nanos,
    p.end_offset_nanos, p.status_code, p.core_digest, p.attributes, p.resource, p.scope, p.name, p.state_digest,
    s.recorder, s.request, s.core_digest, s.attributes, s.resource, s.scope, s.state_digest
  FROM ${table} p
  LEFT JOIN (SELECT * FROM seen WHERE signal = '${signal}') s USING (trace_id, span_id)
  ORDER BY p.item, s.recorder, s.request`;

interface Draft extends ItemEvidence {
  readonly trace: number;
  readonly sightings: Sighting[];
}

async function* streamItems(
  database: Database,
  table: string,
  signal: string,
): AsyncGenerator<Draft> {
  let current: Draft | undefined;
  for await (const chunk of chunks(database, itemSql(table, signal))) {
    for (let row = 0; row < chunk.rowCount; row++) {
      const item = chunk.cell(0, row) as number;
      if (current?.item !== item) {
        if (current) yield current;
        current = itemOf(chunk, row, current);
      }
      const recorder = chunk.cell(16, row) as number | null;
      if (recorder === null) continue;
      current.sightings.push({
        recorder,
        request: chunk.cell(17, row) as number,
        coreDigest: chunk.cell(18, row) as number,
        attributesId: chunk.cell(19, row) as number,
        resourceId: chunk.cell(20, row) as number,
        scopeId: chunk.cell(21, row) as number,
        stateDigest: chunk.cell(22, row) as number,
      });
    }
  }
  if (current) yield current;
}

/**
 * Reading a text is dear: a span's id comes as a number.
 * @param before the item before: a trace's id is that of each span
 */
function itemOf(chunk: ChunkReader, row: number, before: Draft | undefined): Draft {
  const trace = chunk.cell(1, row) as number;
  return {
    item: chunk.cell(0, row) as number,
    trace,
    traceId: before?.trace === trace ? before.traceId : (chunk.cell(2, row) as string),
    spanId: (chunk.cell(3, row) as bigint).toString(16).padStart(16, '0'),
    block: chunk.cell(4, row) as number,
    pod: chunk.cell(5, row) as number,
    late: chunk.cell(6, row) as boolean,
    startOffsetNanos: chunk.cell(7, row) as number,
    endOffsetNanos: chunk.cell(8, row) as number,
    statusCode: chunk.cell(9, row) as number,
    coreDigest: chunk.cell(10, row) as number,
    attributesId: chunk.cell(11, row) as number,
    resourceId: chunk.cell(12, row) as number,
    scopeId: chunk.cell(13, row) as number,
    nameId: chunk.cell(14, row) as number,
    stateDigest: chunk.cell(15, row) as number,
    sightings: [],
  };
}

/** Spans of a trace have consecutive numbers, so the item stream is the trace stream. */
async function* streamTraces(database: Database): AsyncGenerator<TraceEvidence> {
  const classes: string[] = [];
  await database.stream('SELECT trace, class FROM planned_traces', (chunk) => {
    for (let row = 0; row < chunk.rowCount; row++) {
      classes[Number(chunk.cell(0, row))] = String(chunk.cell(1, row));
    }
  });
  let spans: Draft[] = [];
  const whole = (): TraceEvidence => {
    const [{ trace, traceId }] = spans as [Draft];
    return { trace, traceId, className: classes[trace] ?? 'normal', spans };
  };
  for await (const span of streamItems(database, 'planned_spans', 'traces')) {
    if (spans.length > 0 && spans[0]?.trace !== span.trace) {
      yield whole();
      spans = [];
    }
    spans.push(span);
  }
  if (spans.length > 0) yield whole();
}

async function* streamArrivals(database: Database, recorder: number) {
  const sql = `
    SELECT p.trace, any_value(r.at_ms) AS from_ms, any_value(r.answered_ms) AS to_ms
    FROM seen s JOIN planned_spans p USING (trace_id, span_id) JOIN requests r USING (recorder, request)
    WHERE s.signal = 'traces' AND s.recorder = ${recorder} AND r.outcome = 'ok'
    GROUP BY p.trace, s.request ORDER BY from_ms, s.request, min(s.nth)`;
  for await (const chunk of chunks(database, sql)) {
    for (let row = 0; row < chunk.rowCount; row++) {
      yield {
        trace: chunk.cell(0, row) as number,
        fromMs: chunk.cell(1, row) as number,
        toMs: chunk.cell(2, row) as number,
      };
    }
  }
}

async function readEmissions(database: Database, recorder: number, backends: readonly number[]) {
  const first = (name: string, condition: string): string => `
    ${name} AS (SELECT s.trace_id, min(r.at_ms) AS first_ms
      FROM seen s JOIN requests r USING (recorder, request)
      WHERE s.signal = 'traces' AND ${condition} GROUP BY s.trace_id)`;
  const sql = `
    WITH ${first('entered', `recorder = ${recorder} AND r.outcome = 'ok'`)},
      ${first('emitted', `recorder IN (${backends.join(', ')})`)}
    SELECT entered.first_ms AS entered_ms, emitted.first_ms AS emitted_ms FROM entered JOIN emitted USING (trace_id)`;
  const rows = await database.rows(sql);
  return rows.map((row) => ({
    enteredMs: Number(row.entered_ms),
    emittedMs: Number(row.emitted_ms),
  }));
}

const foreignLimit = 1_000;

async function readForeign(database: Database, isScraped: boolean): Promise<ForeignItem[]> {
  const anti = (signal: string, table: string): string => `
    SELECT '${signal}' AS signal, recorder, request, trace_id, span_id
    FROM seen s ANTI JOIN ${table} p USING (trace_id, span_id) WHERE s.signal = '${signal}'`;
  const sql = `${anti('traces', 'planned_spans')} UNION ALL ${anti('logs', 'planned_logs')} LIMIT ${foreignLimit}`;
  const points = await database.rows(`${foreignPointsSql(isScraped)} LIMIT ${foreignLimit}`);
  const rows = [...(await database.rows(sql)), ...points];
  return rows.map((row) => ({
    signal: row.signal as ForeignItem['signal'],
    recorder: Number(row.recorder),
    request: Number(row.request),
    traceId: String(row.trace_id),
    spanId: String(row.span_id),
  }));
}
