import { chunks, type Database } from './database.ts';
import { streamItems, streamTraces } from './item-view.ts';
import { readMachine } from './machine.ts';
import { foreignPointsSql, streamPoints } from './point-view.ts';
import { readRequests } from './requests.ts';
import { readSent } from './samples.ts';
import { loadJson, openTables } from './store.ts';
import type { ContentPair, Evidence, ForeignItem, ItemKey, Sighting } from './types.ts';

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
  const request = missing.includes('requests')
    ? () => undefined
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
    machine: readMachine(runFolder),
    sent: readSent(runFolder),
    request,
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
    emissions: (recorder, backends) =>
      tablesGone || backends.length === 0
        ? nothing()
        : streamEmissions(database, recorder, backends),
    distinctTraces: async (recorder) => {
      if (tablesGone) return 0;
      const sql = `SELECT count(DISTINCT trace_id) AS n FROM seen WHERE signal = 'traces' AND recorder = ${recorder}`;
      return Number((await database.rows(sql))[0]?.n ?? 0);
    },
    close: () => database.close(),
  };
}

async function* nothing(): AsyncGenerator<never> {}

type Column = ArrayLike<number>;

async function* streamArrivals(database: Database, recorder: number) {
  const sql = `
    SELECT p.trace, any_value(r.at_ms) AS from_ms, any_value(r.answered_ms) AS to_ms
    FROM seen s JOIN planned_spans p USING (item) JOIN requests r USING (recorder, request)
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

/** A clock is read off them: traces are told apart by hashes, which take a third of the memory. */
async function* streamEmissions(database: Database, recorder: number, backends: readonly number[]) {
  const first = (name: string, condition: string): string => `
    ${name} AS (SELECT hash(s.trace_id) AS trace, min(r.at_ms) AS first_ms
      FROM seen s JOIN requests r USING (recorder, request)
      WHERE s.signal = 'traces' AND ${condition} GROUP BY trace)`;
  const sql = `
    WITH ${first('entered', `recorder = ${recorder} AND r.outcome = 'ok'`)},
      ${first('emitted', `recorder IN (${backends.join(', ')})`)}
    SELECT entered.first_ms AS entered_ms, emitted.first_ms AS emitted_ms FROM entered JOIN emitted USING (trace)`;
  for await (const chunk of chunks(database, sql)) {
    const [entered, emitted] = [0, 1].map(chunk.numbers) as [Column, Column];
    for (let row = 0; row < chunk.rowCount; row++) {
      yield { enteredMs: entered[row] as number, emittedMs: emitted[row] as number };
    }
  }
}

const foreignLimit = 1_000;

async function readForeign(database: Database, isScraped: boolean): Promise<ForeignItem[]> {
  const sql = `
    SELECT signal, recorder, request, trace_id, span_id FROM seen WHERE item IS NULL LIMIT ${foreignLimit}`;
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
