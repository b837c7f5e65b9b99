import { labelsKey } from '../../lib/labels.ts';
import { mapPool } from '../../lib/pool.ts';
import { getJson } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import type { LabelAnswers, LogAnswer } from '../types.ts';

const idsPerQuery = 40;
const nanosPerMs = 1_000_000n;

const spansPerStream = 50;

/** Of one record: beside its time and its line what stands there as structured metadata. */
type Value = readonly [
  atNanos: string,
  line: string,
  marks?: { readonly structuredMetadata?: Readonly<Record<string, string>> },
];

interface QueryResult {
  readonly data: {
    readonly result: readonly {
      readonly stream: Record<string, string>;
      readonly values: readonly Value[];
    }[];
  };
}

interface LogsFound {
  readonly logs: readonly LogAnswer[];
  /** The streams that they are in, each with spans of some of them. */
  readonly streams: NonNullable<LabelAnswers['streams']>;
}

/**
 * Log records of traces, by the trace and span ids that Loki keeps as structured metadata, or as
 * labels. Labels are told apart from structured metadata, which no stream is selected by
 * (`categorize-labels`, Loki's HTTP API).
 */
export async function askLogs(
  target: HttpTarget,
  traceIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<LogsFound> {
  const headers = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };
  const groups: string[][] = [];
  for (let i = 0; i < traceIds.length; i += idsPerQuery)
    groups.push(traceIds.slice(i, i + idsPerQuery));
  const found = new Map<string, string[]>();
  const streams = new Map<string, { labels: Record<string, string>; spanIds: string[] }>();
  await mapPool(groups, 2, async (ids) => {
    const parameters = new URLSearchParams({
      query: `{service_name=~".+"} | trace_id=~"${ids.join('|')}"`,
      start: String(BigInt(Math.floor(fromMs)) * nanosPerMs),
      end: String(BigInt(Math.ceil(toMs)) * nanosPerMs),
      limit: '50000',
    });
    const path = `/loki/api/v1/query_range?${parameters}`;
    const answer = (await getJson(target, path, 30_000, headers)) as QueryResult;
    for (const { stream, values } of answer.data.result) {
      const key = labelsKey(stream);
      const own = streams.get(key) ?? { labels: stream, spanIds: [] };
      streams.set(key, own);
      for (const [, , marks] of values) {
        const { trace_id: traceId = '', span_id: spanId = '' } = {
          ...stream,
          ...marks?.structuredMetadata,
        };
        const known = found.get(traceId) ?? [];
        found.set(traceId, known);
        known.push(spanId);
        if (spanId && own.spanIds.length < spansPerStream) own.spanIds.push(spanId);
      }
    }
  });
  return {
    logs: [...found].map(([traceId, spanIds]) => ({ traceId, spanIds })),
    streams: [...streams.values()],
  };
}
