import { describe, expect, it } from 'vitest';
import type { Component } from '../../pipeline/types.ts';
import { tellUnready } from './refusal.ts';

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
const tell = (lines: readonly string[]): string[] =>
  tellUnready({ what: 'pod g ended', lines, logFile: 'logs/g.0.log', components }).split('\n');

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
});
