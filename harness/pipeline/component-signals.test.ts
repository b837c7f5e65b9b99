import { expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { gatewayResource, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const load = (pipelines: string) =>
  loadPipeline('x', [
    {
      path: 'p.yaml',
      text: gatewayResource(
        indented(`
receivers:
  otlp: { protocols: { grpc: {} } }
  prometheus: { config: { scrape_configs: [] } }
processors:
  tail_sampling: { policies: [{ name: all, type: always_sample }] }
  batch: {}
connectors: { spanmetrics: {}, forward: {} }
exporters:
  otlp: { endpoint: "otlp.vendor.example:4317" }
  prometheus: { endpoint: "0.0.0.0:8889" }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp] }
    ${pipelines}
`),
      ),
    },
  ]);

it.each([
  [
    'traces/p: { receivers: [otlp, prometheus], exporters: [otlp] }',
    /is of traces, which receiver "prometheus" does not have; known: metrics/,
  ],
  [
    'logs: { receivers: [otlp], processors: [batch, tail_sampling], exporters: [otlp] }',
    /is of logs, which processor "tail_sampling" does not/,
  ],
  [
    'logs: { receivers: [otlp], exporters: [prometheus] }',
    /is of logs, which exporter "prometheus" does not/,
  ],
  [
    'logs: { receivers: [otlp], exporters: [spanmetrics] }',
    /is of logs, which connector "spanmetrics" does not/,
  ],
  [
    'logs: { receivers: [spanmetrics], exporters: [otlp] }',
    /is of logs, which connector "spanmetrics" does not/,
  ],
])('a component without the signal of its pipeline is told: %s', (pipelines, message) => {
  const [mistake] = mistakesIn(() => load(pipelines));
  expect(mistake).toMatch(message);
  expect(mistake).toMatch(/^p\.yaml:22:\d+ pipeline /);
});

it('one that has it, or has all, is none', () => {
  const metrics = 'metrics: { receivers: [spanmetrics, prometheus], exporters: [prometheus] }';
  const traces =
    'traces/a: { receivers: [otlp], processors: [tail_sampling], exporters: [spanmetrics, forward] }';
  const forwarded = 'traces/b: { receivers: [forward], processors: [batch], exporters: [otlp] }';
  const { tiers } = load([metrics, traces, forwarded].join('\n    '));
  expect(tiers[0]?.pipelines).toHaveLength(4);
});
