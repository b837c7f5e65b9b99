import { expect, it } from 'vitest';
import { readCollectorTold } from './collector-told.ts';

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
