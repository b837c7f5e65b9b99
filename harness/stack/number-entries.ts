import { zipkinPath } from '../pipeline/entry.ts';
import type { Signal } from '../pipeline/types.ts';
import type { Entries, SignalEntry } from './types.ts';

/** One row of URLs for all signals, and where in it each signal's begin. */
export interface NumberedEntries {
  readonly urls: readonly string[];
  readonly entries: Readonly<Record<Signal, { by: SignalEntry['by']; first: number }>>;
  /** Some of the load goes in over gRPC, which frames what it sends itself. */
  readonly isPlain: boolean;
  /** Spans go in as JSON of Zipkin. */
  readonly isZipkin: boolean;
}

/** Numbers the ways in, as the load script and the blocks it reads know them. */
export function numberEntries({ traces, logs, metrics }: Entries): NumberedEntries {
  const urls = [...traces.urls, ...logs.urls, ...metrics.urls];
  return {
    urls,
    entries: {
      traces: { by: traces.by, first: 0 },
      logs: { by: logs.by, first: traces.urls.length },
      metrics: { by: metrics.by, first: traces.urls.length + logs.urls.length },
    },
    isZipkin: traces.urls.some((url) => url.endsWith(zipkinPath)),
    isPlain: urls.some((url) => /^grpcs?:/.test(url)),
  };
}
