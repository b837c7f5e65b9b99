import type { DropLine } from './types.ts';

/**
 * Lines in which a collector's exporter helper says that it dropped data (console encoding):
 * `<time> error ... Exporting failed. Dropping data. {... "dropped_items": n}`.
 * Source: exporterhelper v0.152.0, internal/queue_sender.go and base_exporter.go.
 */
export function readDropLines(pod: string, log: string): DropLine[] {
  return log.split('\n').flatMap((line): DropLine[] => {
    if (!/(Dropping|Rejecting) data/.test(line)) return [];
    const start = line.indexOf('{');
    const fields = parse(line.slice(start));
    const time = Date.parse(line.slice(0, line.indexOf('\t')));
    return [
      {
        pod,
        atMs: time,
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
