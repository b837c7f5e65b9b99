import { expect, it } from 'vitest';
import { acceptedIn } from './sink.ts';

it('adds up what each transport accepted, and nothing else', () => {
  const metrics = `# TYPE otelcol_receiver_accepted_spans_total counter
otelcol_receiver_accepted_spans_total{receiver="otlp",transport="http"} 1200
otelcol_receiver_accepted_spans_total{receiver="otlp",transport="grpc"} 34
otelcol_receiver_refused_spans_total{receiver="otlp",transport="http"} 99
`;
  expect(acceptedIn(metrics)).toBe(1234);
  expect(acceptedIn('')).toBe(0);
});
