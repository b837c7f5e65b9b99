import { mapPool } from '../../lib/pool.ts';
import { get } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import type { ItemName, LogRow } from '../types.ts';

const idsPerQuery = 40;
const nanosPerMs = 1_000_000n;

interface Streams {
  readonly data: {
    readonly result: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [string, string])[];
    }[];
  };
}

/** The lines of Loki's answer to a query, with labels and structured metadata in one. */
export function rowsOf(body: Buffer): LogRow[] {
  const { data } = JSON.parse(body.toString('utf8')) as Streams;
  return data.result.flatMap(({ stream, values }) =>
    values.map(([timeNanos, line]) => ({
      traceId: stream.trace_id ?? '',
      spanId: stream.span_id ?? '',
      timeNanos,
      line,
      labels: stream,
    })),
  );
}

/**
 * Log records as Loki shows them, found by the ids that it keeps beside each line.
 * @throws Error where it does not answer
 */
export async function askRows(
  target: HttpTarget,
  wanted: readonly ItemName[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<LogRow[]> {
  const traceIds = [...new Set(wanted.map(({ traceId }) => traceId))];
  const groups = Array.from({ length: Math.ceil(traceIds.length / idsPerQuery) }, (_, i) =>
    traceIds.slice(i * idsPerQuery, (i + 1) * idsPerQuery),
  );
  const found = await mapPool(groups, 2, async (ids) => {
    const parameters = new URLSearchParams({
      query: `{service_name=~".+"} | trace_id=~"${ids.join('|')}"`,
      start: String(BigInt(Math.floor(fromMs)) * nanosPerMs),
      end: String(BigInt(Math.ceil(toMs)) * nanosPerMs),
      limit: '50000',
    });
    const path = `/loki/api/v1/query_range?${parameters}`;
    const { status, body } = await get(target, path, { timeoutMs: 30_000 });
    if (status !== 200) throw new Error(`status ${status}: ${body.toString('utf8', 0, 300)}`);
    return rowsOf(body);
  });
  const names = new Set(wanted.map(nameOf));
  return found.flat().filter((row) => names.has(nameOf(row)));
}

export const nameOf = ({ traceId, spanId }: ItemName): string => `${traceId}/${spanId}`;
