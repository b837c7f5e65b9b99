import { mapPool } from '../../lib/pool.ts';
import { get, getJson } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import { createDictionaries } from '../dictionary.ts';
import { hexAt, walkItems } from '../items.ts';
import type { TraceAnswer } from '../types.ts';

const width = 8;

/** One trace by its id; a Trace message has the layout of an export request (tempo.proto). */
export async function askTrace(target: HttpTarget, traceId: string): Promise<TraceAnswer> {
  const { status, body } = await get(target, `/api/traces/${traceId}`, {
    accept: 'application/protobuf',
    timeoutMs: 5_000,
  });
  const spanIds: string[] = [];
  if (status === 200) {
    walkItems(body, 0, body.length, 'traces', createDictionaries(), ({ scanned }) =>
      spanIds.push(hexAt(body, scanned.spanId, 8)),
    );
  }
  return { traceId, status, spanIds };
}

export const askTraces = (
  target: HttpTarget,
  traceIds: readonly string[],
): Promise<TraceAnswer[]> => mapPool(traceIds, width, (traceId) => askTrace(target, traceId));

export interface SearchWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

/** Trace ids that a search over everything in a time window finds. */
export async function searchTraces(target: HttpTarget, window: SearchWindow): Promise<string[]> {
  const parameters = new URLSearchParams({
    q: '{}',
    limit: String(window.limit),
    start: String(Math.floor(window.fromMs / 1_000)),
    end: String(Math.ceil(window.toMs / 1_000)),
    spss: '1',
  });
  const found = (await getJson(target, `/api/search?${parameters}`, 30_000)) as {
    traces?: { traceID: string }[];
  };
  // Search leaves leading zeros of an id out.
  return (found.traces ?? []).map(({ traceID }) => traceID.padStart(32, '0'));
}
