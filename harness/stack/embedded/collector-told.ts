import type { CollectorTold } from '../types.ts';

/**
 * What a collector's own metrics tell of its queues and its sampler, as Prometheus text. Names
 * stand with and without the suffixes that a reader's settings add (`_total`, a unit). A metric
 * that is not there is left out: what was not told is unknown, never zero.
 */
export function readCollectorTold(text: string): CollectorTold {
  const queueSize = sumOf(text, 'otelcol_exporter_queue_size');
  const queueCapacity = sumOf(text, 'otelcol_exporter_queue_capacity');
  const sampler = 'otelcol_processor_tail_sampling_sampling_';
  const tracesHeld = sumOf(text, `${sampler}traces_on_memory`);
  const timer = `${sampler}decision_timer_latency`;
  const decisionTicks = sumOf(text, timer, '_count');
  const decisionMs = sumOf(text, timer, '_sum');
  return { queueSize, queueCapacity, tracesHeld, decisionTicks, decisionMs };
}

/**
 * By exporter, how many spans it handed on, by the same metrics. One that handed on none does not
 * stand there: it is only known of a collector that counts what it takes in.
 */
export function readSentSpans(text: string): Readonly<Record<string, number>> | undefined {
  if (!text.includes('otelcol_receiver_accepted_spans')) return undefined;
  const sent: Record<string, number> = {};
  for (const [, labels = '', value] of text.matchAll(
    /^otelcol_exporter_sent_spans\w*\{(.*)\} (\S+)/gm,
  )) {
    const exporter = /(?:^|,)exporter="([^"]*)"/.exec(labels)?.[1];
    if (exporter !== undefined) sent[exporter] = (sent[exporter] ?? 0) + Number(value);
  }
  return sent;
}

/** The sum of a metric over its label sets; undefined where no line has it. */
function sumOf(text: string, name: string, part = ''): number | undefined {
  const line = new RegExp(
    `^${name}(?:_(?:total|milliseconds|ratio|ms))?${part}(?:\\{.*\\})? (\\S+)`,
    'gm',
  );
  const values = [...text.matchAll(line)].map(([, value]) => Number(value));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
