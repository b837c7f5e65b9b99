import { fieldsOf, logMoment } from './log-moment.ts';
import type { DropLine } from './types.ts';

/**
 * Lines in which a collector says that it dropped data: its exporter helper, with how much
 * (`<time> error ... Exporting failed. Dropping data. {... "dropped_items": n}`), and processors
 * that hand on what nobody waits for any more, when what stands behind them refuses it. What an
 * exporter behind has owned up to is not said twice. All may be JSON; a line without a moment that
 * can be read may be of any.
 * Sources, v0.152.0: exporterhelper (internal/queue_sender.go, base_exporter.go), tail_sampling
 * (processor.go, forwardSpans), batch (batch_processor.go).
 */
export function readDropLines(pod: string, log: string): DropLine[] {
  const lines = log.split('\n').flatMap((line): DropLine[] => {
    const isCounted = /(Dropping|Rejecting) data/.test(line);
    if (!isCounted && !/Error sending spans to destination|Sender failed/.test(line)) return [];
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
        ...(isCounted ? {} : { uncounted: true }),
      },
    ];
  });
  const owned = lines.flatMap(({ uncounted, error }) => (uncounted || error === '' ? [] : error));
  return lines.filter(
    ({ uncounted, error }) => !uncounted || !owned.some((o) => error.includes(o)),
  );
}

/** Later than all others, and still a number in JSON. */
const noMoment = Number.MAX_SAFE_INTEGER;
