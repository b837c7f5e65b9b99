import { describe, expect, it } from 'vitest';
import { gatewayResource, gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const config = indented(`
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
`);
const load = (text: string) => loadPipeline('x', [{ path: 'p.yaml', text }]);
const called = (words: string) =>
  gatewayWorkload(config).replace('args: [--config=/conf/c.yaml]', words);
const argsOf = (text: string) => load(text).tiers[0]?.workload.args;

describe('an argument that collectors had once', () => {
  it.each([
    ['args: [--config=/conf/c.yaml, --mem-ballast-size-mib=165]'],
    ['args: [--mem-ballast-size-mib, "165", --config=/conf/c.yaml]'],
    ['command: [/otelcol, --config=/conf/c.yaml, --new-metrics, --log-level=DEBUG]'],
    ['args: [--config=/conf/c.yaml, --feature-gates=-component.UseLocalHostAsDefaultHost]'],
  ])('is left out: %s', (words) => {
    expect(argsOf(called(words))).toEqual(['--config=/conf/c.yaml']);
    expect(load(called(words)).notes.join('\n')).toMatch(
      /Deployment\/gw: argument --\S+ is left out: the collector that runs it has it no more/,
    );
  });

  it('is left out of what the operator would write, and gates stay that are not gone', () => {
    const resource = gatewayResource(config).replace(
      '  mode:',
      '  args: { metrics-level: detailed, feature-gates: "-component.UseLocalHostAsDefaultHost,+a" }\n  mode:',
    );
    expect(argsOf(resource)).toEqual(['--config=/conf/collector.yaml', '--feature-gates=+a']);
    const gates = '--feature-gates, "a,-component.UseLocalHostAsDefaultHost"';
    expect(argsOf(called(`args: [--config=/conf/c.yaml, ${gates}]`))).toEqual([
      '--config=/conf/c.yaml',
      '--feature-gates=a',
    ]);
  });
});

it('leaves what is left its place: nobody else set that', () => {
  const text = called(
    'args: [--metrics-level=detailed, --config=/conf/c.yaml, "--config=yaml:processors: [a: "]',
  );
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('--metrics-level'));
  const column = (lines[line] ?? '').indexOf('"--config=yaml') + 1;
  expect(() => load(text)).toThrow(new RegExp(`^p.yaml:${line + 1}:${column} YAML: (?!.*set by)`));
});
