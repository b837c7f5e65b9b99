import type { Database } from '../database.ts';
import { idKeys } from '../items.ts';
import type { ItemName } from '../types.ts';

/** What is clicked at: log records that Loki took. */
export interface ClickSample {
  /** Of spans that Tempo took. */
  readonly kept: readonly ItemName[];
  readonly others: readonly ItemName[];
  /** Spans that metrics name. */
  readonly exemplars: readonly ItemName[];
}

/**
 * Log records that a recorder in front of a backend saw accepted, drawn by their ids' hashes: the
 * ids are seeded, and so is what is drawn.
 * @param backends numbers of the recorders in front of backends
 */
export async function sampleLogs(
  database: Database,
  backends: readonly number[],
  limit: number,
): Promise<Omit<ClickSample, 'exemplars'>> {
  if (backends.length === 0) return { kept: [], others: [] };
  const taken = (signal: string): string => `
    SELECT DISTINCT trace_high, trace_low, span FROM seen JOIN requests r USING (recorder, request)
    WHERE seen.signal = '${signal}' AND r.outcome = 'ok' AND r.rejected = 0 AND recorder IN (${backends.join(', ')})`;
  const drawn = async (join: 'SEMI' | 'ANTI'): Promise<ItemName[]> => {
    const rows = await database.rows(`
      SELECT format('{:016x}{:016x}', trace_high, trace_low) AS trace_id, format('{:016x}', span) AS span_id
      FROM (${taken('logs')}) l ${join} JOIN (${taken('traces')}) t USING (${idKeys})
      ORDER BY hash(trace_high, trace_low, span) LIMIT ${limit}`);
    return rows.map((row) => ({ traceId: String(row.trace_id), spanId: String(row.span_id) }));
  };
  return { kept: await drawn('SEMI'), others: await drawn('ANTI') };
}
