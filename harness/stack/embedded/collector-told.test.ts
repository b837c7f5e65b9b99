import { expect, it } from 'vitest';
import { readCollectorTold, readSentSpans } from './collector-told.ts';

it('sums over queues, with the suffixes of any reader', () => {
  const text = `# HELP otelcol_exporter_queue_size Current size
# TYPE otelcol_exporter_queue_size gauge
otelcol_exporter_queue_size{data_type="traces",exporter="otlp/a"} 3
otelcol_exporter_queue_size{data_type="logs",exporter="otlp/a b}"} 4
otelcol_exporter_queue_capacity{exporter="otlp/a"} 1000
otelcol_processor_tail_sampling_sampling_traces_on_memory 1.5e+03
otelcol_processor_tail_sampling_sampling_decision_timer_latency_milliseconds_bucket{le="5"} 9
otelcol_processor_tail_sampling_sampling_decision_timer_latency_milliseconds_count 12
otelcol_processor_tail_sampling_sampling_decision_timer_latency_milliseconds_sum 30.5
`;
  expect(readCollectorTold(text)).toEqual({
    queueSize: 7,
    queueCapacity: 1_000,
    tracesHeld: 1_500,
    decisionTicks: 12,
    decisionMs: 30.5,
  });
});

it('does not take what was not told for zero', () => {
  const told = readCollectorTold('otelcol_exporter_queue_size_other 3\n');
  expect(Object.values(told).every((value) => value === undefined)).toBe(true);
});

it('tells what each exporter handed on, of a collector that counts what it takes in', () => {
  const taken = 'otelcol_receiver_accepted_spans_total{receiver="otlp"} 9\n';
  const sent = `
otelcol_exporter_sent_spans_total{exporter="debug",service="a,b"} 4
otelcol_exporter_sent_spans__spans__total{a="x",exporter="debug/two",data_type="traces"} 1e+03
otelcol_exporter_sent_spans_total{exporter="debug",service="c"} 2
otelcol_exporter_sent_log_records_total{exporter="debug"} 7
`;
  expect(readSentSpans(taken + sent)).toEqual({ debug: 6, 'debug/two': 1_000 });
  expect(readSentSpans(taken)).toEqual({});
  expect(readSentSpans(sent)).toBeUndefined();
});
