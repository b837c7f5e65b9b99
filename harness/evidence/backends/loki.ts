import { mapPool } from '../../lib/pool.ts';
import { getJson } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import type { LogAnswer } from '../types.ts';

const idsPerQuery = 40;
const nanosPerMs = 1_000_000n;

interface QueryResult {
  readonly data: {
    readonly result: readonly {
      readonly stream: Record<string, string>;
      readonly values: unknown[];
    }[];
  };
}

/** Log records of traces, by the trace and span ids that Loki keeps as structured metadata. */
export async function askLogs(
  target: HttpTarget,
  traceIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<LogAnswer[]> {
  const groups: string[][] = [];
  for (let i = 0; i < traceIds.length; i += idsPerQuery)
    groups.push(traceIds.slice(i, i + idsPerQuery));
  const found = new Map<string, string[]>();
  await mapPool(groups, 2, async (ids) => {
    const parameters = new URLSearchParams({
      query: `{service_name=~".+"} | trace_id=~"${ids.join('|')}"`,
      start: String(BigInt(Math.floor(fromMs)) * nanosPerMs),
      end: String(BigInt(Math.ceil(toMs)) * nanosPerMs),
      limit: '50000',
    });
    const answer = (await getJson(
      target,
      `/loki/api/v1/query_range?${parameters}`,
      30_000,
    )) as QueryResult;
    for (const { stream, values } of answer.data.result) {
      const { trace_id: traceId = '', span_id: spanId = '' } = stream;
      const known = found.get(traceId) ?? [];
      found.set(traceId, [...known, ...values.map(() => spanId)]);
    }
  });
  return [...found].map(([traceId, spanIds]) => ({ traceId, spanIds }));
}
