import type { DropLine } from './types.ts';

/**
 * Lines in which a collector's exporter helper says that it dropped data:
 * `<time> error ... Exporting failed. Dropping data. {... "dropped_items": n}`, or all of it as
 * JSON. A line without a moment that can be read may be of any.
 * Source: exporterhelper v0.152.0, internal/queue_sender.go and base_exporter.go.
 */
export function readDropLines(pod: string, log: string): DropLine[] {
  return log.split('\n').flatMap((line): DropLine[] => {
    if (!/(Dropping|Rejecting) data/.test(line)) return [];
    const start = line.indexOf('{');
    const fields = parse(line.slice(start));
    return [
      {
        pod,
        atMs: momentOf(start === 0 ? fields.ts : line.slice(0, line.indexOf('\t'))),
        component: String(fields['otelcol.component.id'] ?? ''),
        signal: String(fields['otelcol.signal'] ?? ''),
        items: Number(fields.dropped_items ?? fields.rejected_items ?? 0),
        error: String(fields.error ?? ''),
        rejected: line.includes('Rejecting data'),
      },
    ];
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Later than all others, and still a number in JSON. */
const noMoment = Number.MAX_SAFE_INTEGER;

/** Epoch seconds, or a time as text (zap's encoders of time). */
function momentOf(written: unknown): number {
  const atMs = typeof written === 'number' ? written * 1_000 : Date.parse(String(written));
  return Number.isNaN(atMs) ? noMoment : atMs;
}
