import { fieldsOf, logMoment } from './log-moment.ts';
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
    const fields = fieldsOf(line);
    return [
      {
        pod,
        atMs: logMoment(line) ?? noMoment,
        component: String(fields['otelcol.component.id'] ?? ''),
        signal: String(fields['otelcol.signal'] ?? ''),
        items: Number(fields.dropped_items ?? fields.rejected_items ?? 0),
        error: String(fields.error ?? ''),
        rejected: line.includes('Rejecting data'),
      },
    ];
  });
}

/** Later than all others, and still a number in JSON. */
const noMoment = Number.MAX_SAFE_INTEGER;
