import { mapPool } from '../../lib/pool.ts';
import { getJson } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import type { LabelAnswers, LogAnswer } from '../types.ts';

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

const spansPerStream = 50;

/**
 * The streams that log records of traces are in: their labels alone, told apart from structured
 * metadata, which no stream is selected by (`categorize-labels`, Loki's HTTP API).
 */
export async function askStreams(
  target: HttpTarget,
  traceIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<NonNullable<LabelAnswers['streams']>> {
  const streams = new Map<string, { labels: Record<string, string>; spanIds: string[] }>();
  const headers = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };
  await eachGroup(traceIds, async (ids) => {
    const path = queryOf(ids, fromMs, toMs);
    const answer = (await getJson(target, path, 30_000, headers)) as QueryResult;
    for (const { stream, values } of answer.data.result) {
      const key = JSON.stringify(Object.entries(stream).sort());
      const own = streams.get(key) ?? { labels: stream, spanIds: [] };
      streams.set(key, own);
      for (const [, , marks] of values as [string, string, Marks?][]) {
        const spanId = marks?.structuredMetadata?.span_id;
        if (spanId && own.spanIds.length < spansPerStream) own.spanIds.push(spanId);
      }
    }
  });
  return [...streams.values()];
}

interface Marks {
  readonly structuredMetadata?: Readonly<Record<string, string>>;
}

async function eachGroup(
  traceIds: readonly string[],
  ask: (ids: readonly string[]) => Promise<void>,
): Promise<void> {
  const groups: string[][] = [];
  for (let i = 0; i < traceIds.length; i += idsPerQuery)
    groups.push(traceIds.slice(i, i + idsPerQuery));
  await mapPool(groups, 2, ask);
}

function queryOf(ids: readonly string[], fromMs: number, toMs: number): string {
  const parameters = new URLSearchParams({
    query: `{service_name=~".+"} | trace_id=~"${ids.join('|')}"`,
    start: String(BigInt(Math.floor(fromMs)) * nanosPerMs),
    end: String(BigInt(Math.ceil(toMs)) * nanosPerMs),
    limit: '50000',
  });
  return `/loki/api/v1/query_range?${parameters}`;
}

/** Log records of traces, by the trace and span ids that Loki keeps as structured metadata. */
export async function askLogs(
  target: HttpTarget,
  traceIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<LogAnswer[]> {
  const found = new Map<string, string[]>();
  await eachGroup(traceIds, async (ids) => {
    const answer = (await getJson(target, queryOf(ids, fromMs, toMs), 30_000)) as QueryResult;
    for (const { stream, values } of answer.data.result) {
      const { trace_id: traceId = '', span_id: spanId = '' } = stream;
      const known = found.get(traceId) ?? [];
      found.set(traceId, [...known, ...values.map(() => spanId)]);
    }
  });
  return [...found].map(([traceId, spanIds]) => ({ traceId, spanIds }));
}
