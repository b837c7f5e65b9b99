import { formOfPath, type SpanForm } from '../lib/span-forms.ts';
import type { Signal } from '../pipeline/types.ts';
import type { Entries, SignalEntry } from './types.ts';

/** One row of URLs for all signals, and where in it each signal's begin. */
export interface NumberedEntries {
  readonly urls: readonly string[];
  readonly entries: Readonly<Record<Signal, { by: SignalEntry['by']; first: number }>>;
  /** Some of the load goes in over gRPC, which frames what it sends itself. */
  readonly isPlain: boolean;
  /** In which form spans go in; undefined where by OTLP. */
  readonly form: SpanForm | undefined;
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
    form: formOfPath(traces.urls[0] ?? ''),
    isPlain: urls.some((url) => /^grpcs?:/.test(url)),
  };
}
