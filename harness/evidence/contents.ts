import type { BlockReader } from '../drive/blocks.ts';
import { decodeCore } from '../lib/otlp/decode.ts';
import { WireError } from '../lib/otlp/wire.ts';
import type { Database } from './database.ts';
import { createDictionaries } from './dictionary.ts';
import type { StoredContent } from './files.ts';
import { hexAt, walkItems } from './items.ts';
import { messageOf } from './payload.ts';
import { readRecordAt } from './tap-reader.ts';

/** Beyond this many, items whose core differs are counted but not shown field by field. */
export const contentsLimit = 2_000;

interface Differing {
  readonly signal: 'traces' | 'logs';
  readonly item: number;
  readonly trace_id: string;
  readonly span_id: string;
  readonly block: number;
  readonly recorder: number;
  readonly request: number;
  readonly position: number;
}

/**
 * Decodes planned and seen items whose core digests differ, to be compared field by field.
 * @param readAdopted a request that was not planned but taken as it came
 */
export async function collectContents(
  database: Database,
  openBlocks: () => BlockReader,
  tapFiles: readonly string[],
  readAdopted: (block: number) => Buffer | undefined,
): Promise<StoredContent[]> {
  const found: StoredContent[] = [];
  using reader = openBlocks();
  for (const [signal, table] of [
    ['traces', 'planned_spans'],
    ['logs', 'planned_logs'],
  ] as const) {
    // The few that are shown are joined, not all that were seen.
    const rows = await database.rows(`
      WITH differing AS (
        SELECT * FROM seen WHERE signal = '${signal}' AND differs > 0
        ORDER BY differs DESC, item, recorder, request LIMIT ${contentsLimit})
      SELECT p.item, format('{:016x}{:016x}', p.trace_high, p.trace_low) AS trace_id,
        format('{:016x}', p.span) AS span_id, p.block, d.recorder, d.request, r.position
      FROM differing d
      JOIN ${table} p USING (item)
      JOIN requests r USING (recorder, request)
      ORDER BY d.differs DESC, p.item, d.recorder, d.request`);
    for (const row of rows) {
      const differing = { ...row, signal } as unknown as Differing;
      found.push({
        signal,
        item: differing.item,
        recorder: differing.recorder,
        request: differing.request,
        planned: coreOf(readAdopted(differing.block) ?? reader.read(differing.block), differing),
        seen: seenCore(differing, tapFiles[differing.recorder] ?? ''),
      });
    }
  }
  return found;
}

/** Of a request that is cut off as far as it goes: so its items were tabled. */
function coreOf(bytes: Buffer, wanted: Differing): Record<string, string> {
  let core: Record<string, string> = {};
  const { signal } = wanted;
  try {
    walkItems(bytes, 0, bytes.length, signal, createDictionaries(), ({ scanned, start, end }) => {
      const same =
        hexAt(bytes, scanned.spanId, 8) === wanted.span_id &&
        hexAt(bytes, scanned.traceId, 16) === wanted.trace_id;
      if (same) core = decodeCore(bytes, start, end, signal);
    });
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
  return core;
}

function seenCore(wanted: Differing, tapFile: string): Record<string, string> {
  const record = readRecordAt(tapFile, wanted.position);
  return record.type === 'request' ? coreOf(messageOf(record), wanted) : {};
}
