import { describe, expect, it } from 'vitest';
import { readProcessorStart } from './starts.ts';

const at = (ms: number): string => new Date(Date.parse('2026-11-21T19:00:00Z') + ms).toISOString();
const lines = [
  [862, 'Internal trace telemetry disabled'],
  [892, 'Starting extensions...'],
  [893, 'Extension is starting...'],
  [898, 'Starting GRPC server'],
  [898, 'Starting HTTP server'],
  [899, 'Everything is ready. Begin running and processing data.'],
] as const;
const base = Date.parse('2026-11-21T19:00:00Z');

describe('readProcessorStart', () => {
  it.each([
    [
      'console',
      ([ms, text]: readonly [number, string]) => `${at(ms)}\tinfo\tx.go:1\t${text}\t{"a": 1}`,
    ],
    [
      'JSON',
      ([ms, msg]: readonly [number, string]) => JSON.stringify({ ts: at(ms), level: 'info', msg }),
    ],
  ])('lies between the extensions and the first receiver, in %s encoding', (_, write) => {
    const log = lines.map(write).join('\n');
    const expected = { pod: 'gateway-0', fromMs: base + 892, toMs: base + 898 };
    expect(readProcessorStart('gateway-0', log)).toEqual(expected);
  });

  it('is not known where the log says too little', () => {
    const console = (line: readonly [number, string]): string =>
      `${at(line[0])}\tinfo\tx.go:1\t${line[1]}`;
    expect(readProcessorStart('gateway-0', '')).toBeUndefined();
    expect(
      readProcessorStart('gateway-0', lines.slice(0, 3).map(console).join('\n')),
    ).toBeUndefined();
    expect(readProcessorStart('gateway-0', lines.slice(3).map(console).join('\n'))).toBeUndefined();
    expect(
      readProcessorStart('gateway-0', 'Starting extensions...\nEverything is ready'),
    ).toBeUndefined();
  });
});
