import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { literal, openDatabase } from './evidence/database.ts';
import type { Verdict } from './judge/types.ts';
import { messageOf, UserError } from './lib/errors.ts';
import { groupFindings, placeOf } from './report/summary.ts';
import { isFolder } from './shell/folder.ts';

/** One row a run, in a file of its own: runs side by side never write the same. */
const historyName = '_history';

const columns = {
  endedMs: 'DOUBLE',
  run: 'VARCHAR',
  scenario: 'VARCHAR',
  pipeline: 'VARCHAR',
  runtime: 'VARCHAR',
  seed: 'UBIGINT',
  verdict: 'VARCHAR',
  lead: 'VARCHAR',
  versions: 'VARCHAR',
  tookMs: 'DOUBLE',
  planned: 'UBIGINT',
  delivered: 'UBIGINT',
  lost: 'UBIGINT',
  duplicated: 'UBIGINT',
  unexplained: 'UBIGINT',
  indeterminate: 'UBIGINT',
} as const;
type Row = Readonly<Record<keyof typeof columns, string | number>>;

/**
 * Leaves a run's row in the history; that stays when recorded runs are removed.
 * @param endedMs epoch milliseconds
 */
export function addToHistory(
  reportsFolder: string,
  runFolder: string,
  verdict: Verdict,
  endedMs: number,
): void {
  const folder = join(reportsFolder, historyName);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${verdict.scenario}-${basename(runFolder)}.json`);
  // Whoever reads meanwhile sees a whole row or none.
  writeFileSync(`${file}.half`, `${JSON.stringify(rowOf(runFolder, verdict, endedMs))}\n`);
  renameSync(`${file}.half`, file);
}

function rowOf(runFolder: string, verdict: Verdict, endedMs: number): Row {
  const { accounting: a, scenario, pipeline, runtime, seed, versions, timings } = verdict;
  const [lead] = groupFindings(verdict);
  return {
    endedMs,
    run: basename(runFolder),
    ...{ scenario, pipeline, runtime, seed },
    verdict: verdict.verdict,
    lead: lead ? `${lead.kind} at ${placeOf(lead)}` : '',
    versions: Object.entries(versions)
      .map((one) => one.join(' '))
      .sort()
      .join(', '),
    tookMs: timings.total ?? 0,
    planned: a.planned,
    delivered: a.delivered,
    lost: a.lost.reduce((sum, { spans }) => sum + spans, 0),
    duplicated: a.duplicated,
    unexplained: a.unexplained,
    indeterminate: a.indeterminate,
  };
}

/** One run as the history tells it. */
export interface PastRun {
  readonly run: string;
  readonly endedMs: number;
  readonly seed: number;
  readonly verdict: Verdict['verdict'];
  readonly lead: string;
  readonly versions: string;
  readonly tookMs: number;
  readonly unexplained: number;
  /** Shares of the planned spans. */
  readonly deliveredShare: number;
  readonly lostShare: number;
}

/** What became of one scenario, on one pipeline and runtime, over time. */
export interface Trend {
  readonly scenario: string;
  readonly pipeline: string;
  readonly runtime: string;
  /** The oldest first. */
  readonly runs: readonly PastRun[];
  /** The first of those that did not pass, since the last that did; undefined where it passes. */
  readonly firstBad: PastRun | undefined;
  /** The last that passed before it. */
  readonly lastGood: PastRun | undefined;
}

/** @param scenario only this one; all where undefined */
export async function readHistory(
  reportsFolder: string,
  scenario: string | undefined,
): Promise<Trend[]> {
  const folder = join(reportsFolder, historyName);
  if (!isFolder(folder) || !readdirSync(folder).some((name) => name.endsWith('.json'))) return [];
  const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
  const database = await openDatabase(join(folder, 'spill'));
  try {
    await database.run(`
      CREATE VIEW history AS
      SELECT *, delivered / greatest(planned, 1) AS deliveredShare,
        lost / greatest(planned, 1) AS lostShare,
        max(endedMs) FILTER (verdict = 'pass') OVER one AS goodMs,
        scenario || ' ' || pipeline || ' ' || runtime AS trend
      FROM read_json(${literal(join(asPattern(folder), '*.json'))}, format = 'newline_delimited',
        columns = {${types.join(', ')}})
      ${scenario === undefined ? '' : `WHERE scenario = ${literal(scenario)}`}
      WINDOW one AS (PARTITION BY scenario, pipeline, runtime)`);
    const rows = await database.rows('FROM history ORDER BY trend, endedMs, run');
    return trendsOf(rows as unknown as readonly HistoryRow[]);
  } catch (error) {
    // It names the file and the byte.
    const [said] = messageOf(error).split('\n');
    throw new UserError(`the history can't be read: ${said}. Hint: remove that row's file`);
  } finally {
    database.close();
  }
}

/** A folder's own brackets, stars and question marks are no pattern. */
const asPattern = (folder: string): string => folder.replace(/[[*?]/g, '[$&]');

/** A row of the view. */
interface HistoryRow extends PastRun {
  readonly trend: string;
  readonly scenario: string;
  readonly pipeline: string;
  readonly runtime: string;
  /** When the last that passed ended; null where none did. */
  readonly goodMs: number | null;
}

const trendsOf = (rows: readonly HistoryRow[]): Trend[] =>
  [...Map.groupBy(rows, ({ trend }) => trend).values()].map((runs) => {
    const [first] = runs;
    const { scenario = '', pipeline = '', runtime = '' } = first ?? {};
    const goodMs = first?.goodMs ?? Number.NEGATIVE_INFINITY;
    return {
      ...{ scenario, pipeline, runtime, runs },
      firstBad: runs.find(({ endedMs, verdict }) => endedMs > goodMs && verdict !== 'pass'),
      lastGood: runs.findLast(({ endedMs, verdict }) => endedMs <= goodMs && verdict === 'pass'),
    };
  });
