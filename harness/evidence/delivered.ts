import { join } from 'node:path';
import { literal, openDatabase } from './database.ts';
import { evidenceFolder, loadJson } from './store.ts';

/** An item that the backend of one run took and that of another did not. */
export interface DeliveredItem {
  readonly signal: 'traces' | 'logs';
  readonly traceId: string;
  readonly spanId: string;
}

/** What the backends of two runs took, compared by identity. */
export interface DeliveredDifference {
  /** Distinct items that both have. */
  readonly both: Readonly<Record<DeliveredItem['signal'], number>>;
  readonly onlyLeft: readonly DeliveredItem[];
  readonly onlyRight: readonly DeliveredItem[];
}

/** Compares items, by trace and span id, that a recorder in front of a backend saw accepted. */
export async function compareDelivered(left: string, right: string): Promise<DeliveredDifference> {
  const database = await openDatabase(join(left, 'spill'));
  const items = async (sql: string): Promise<DeliveredItem[]> =>
    (await database.rows(`${sql} ORDER BY ALL`)).map((row) => ({
      signal: row.signal as DeliveredItem['signal'],
      traceId: String(row.trace_id),
      spanId: String(row.span_id),
    }));
  try {
    await database.run(`CREATE TABLE one AS ${deliveredOf(left)}`);
    await database.run(`CREATE TABLE other AS ${deliveredOf(right)}`);
    const shared = await database.rows(
      'SELECT signal, count(*) AS n FROM (FROM one INTERSECT FROM other) GROUP BY signal',
    );
    const countOf = (signal: string): number =>
      Number(shared.find((row) => row.signal === signal)?.n ?? 0);
    return {
      both: { traces: countOf('traces'), logs: countOf('logs') },
      onlyLeft: await items('FROM one EXCEPT FROM other'),
      onlyRight: await items('FROM other EXCEPT FROM one'),
    };
  } finally {
    database.close();
  }
}

function deliveredOf(runFolder: string): string {
  const recorders = (loadJson(runFolder, 'recorders') ?? []).flatMap(({ hop, number }) =>
    'backend' in hop ? number : [],
  );
  const table = (name: string): string =>
    `read_parquet(${literal(join(evidenceFolder(runFolder), `${name}.parquet`))})`;
  // -1 is no recorder's number: a list must not be empty.
  return `
    SELECT DISTINCT s.signal, trace_id, span_id
    FROM ${table('seen')} s JOIN ${table('requests')} r USING (recorder, request)
    WHERE r.outcome = 'ok' AND r.rejected = 0 AND recorder IN (${[-1, ...recorders].join(', ')})`;
}
