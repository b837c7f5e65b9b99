import { describe, expect, it } from 'vitest';
import type { Component } from '../pipeline/types.ts';
import { readUnready, tellUnready } from './unready.ts';

const component = (kind: Component['kind'], id: string, line: number): Component => ({
  kind,
  id,
  type: id,
  config: {},
  place: { file: 'gateway.yaml', line, column: 7 },
});
const components = [
  component('receivers', 'otlp', 17),
  component('processors', 'batch', 20),
  component('processors', 'atributes/redact', 45),
  component('exporters', 'otlp', 51),
];
const read = (lines: readonly string[]) =>
  readUnready({
    pod: 'g',
    tier: 'gateway',
    what: 'pod g ended',
    lines,
    logFile: 'logs/g.0.log',
    components,
  });
const tell = (lines: readonly string[]): string[] => tellUnready(read(lines)).split('\n');

describe('tellUnready', () => {
  it('has the collector’s error first, then where the component that it names stands', () => {
    const lines = [
      'Error: failed to get config: decoding failed due to the following error(s):',
      '',
      `'processors' unknown type: "atributes" for id: "atributes/redact" (valid values: [batch])`,
      '2026/11/21 16:38:53 collector server run finished with error: failed to get config',
    ];
    expect(tell(lines)).toEqual([
      `${lines[0]} ${lines[2]}`,
      'gateway.yaml:45:7 processor "atributes/redact"',
      'pod g ended',
      'The whole log is in logs/g.0.log',
    ]);
  });

  it('tells components of one name apart by the kind that is named', () => {
    const error = 'Error: failed to build pipelines: failed to create "otlp" exporter';
    expect(tell([error])[1]).toBe('gateway.yaml:51:7 exporter "otlp"');
  });

  it('shows three lines of the log at most, those of trouble if there are any', () => {
    const infos = Array.from({ length: 9 }, (_, i) => `info ${i} ${'x'.repeat(300)}`);
    const trouble = '{"level":"error","msg":"listen tcp: address 99999: invalid port"}';
    const error = 'Error: failed to start extensions: listen tcp: address 99999: invalid port';
    expect(tell([trouble, ...infos, error])).toEqual([
      error,
      'pod g ended',
      `  ${trouble}`,
      'The whole log is in logs/g.0.log',
    ]);
    const shown = tell(infos);
    expect(shown).toHaveLength(1 + 3 + 1);
    expect(shown[1]).toMatch(/^ {2}info 6 x+…$/);
  });

  it('quotes what the Kubernetes API refused, once each, and names who asked', () => {
    const refused =
      'reflector.go:561] failed to list *v1.EndpointSlice: endpointslices.discovery.k8s.io is forbidden: ' +
      'User "system:serviceaccount:obs:nobody" cannot list resource "endpointslices" in API group ' +
      '"discovery.k8s.io" in the namespace "obs"';
    expect(tell([refused, refused])[1]).toBe(
      'ServiceAccount obs/nobody may not list endpointslices.discovery.k8s.io',
    );
  });

  it('tells a config that is rejected from a component that can’t start', () => {
    const kindOf = (error: string): string => read([`Error: ${error}`]).kind;
    expect(kindOf('invalid configuration: service::pipelines: must have at least one')).toBe(
      'config-rejected',
    );
    expect(kindOf('failed to get config: cannot unmarshal the configuration')).toBe(
      'config-rejected',
    );
    expect(kindOf('cannot start pipelines: listen tcp 0.0.0.0:4317: bind: in use')).toBe(
      'never-ready',
    );
    expect(read(['info all is well']).kind).toBe('never-ready');
  });

  it('names the component of the last line of trouble where there is no error', () => {
    const line = '2026-11-21T16:38:53.1Z\twarn\tcan not connect\t{"otelcol.component.id": "otlp"}';
    expect(read([line, 'info']).component).toBe('otlp');
  });
});
