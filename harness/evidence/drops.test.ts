import { describe, expect, it } from 'vitest';
import { readDropLines } from './drops.ts';

const fields = {
  'otelcol.component.id': 'otlp_grpc/tempo',
  'otelcol.signal': 'traces',
  dropped_items: 7,
  error: 'rpc error',
};
const at = Date.parse('2026-11-21T19:00:00.500Z');
const said = 'Exporting failed. Dropping data.';
const dropped = {
  pod: 'gateway-0',
  component: 'otlp_grpc/tempo',
  signal: 'traces',
  items: 7,
  error: 'rpc error',
  rejected: false,
};

describe('readDropLines', () => {
  it.each<[string, string, number]>([
    ['console', `2026-11-21T19:00:00.500Z\terror\tx.go:1\t${said}\t${JSON.stringify(fields)}`, at],
    ['JSON', JSON.stringify({ level: 'error', ts: at / 1_000, msg: said, ...fields }), at],
    [
      'JSON with a time as text',
      JSON.stringify({ ts: '2026-11-21T19:00:00.500Z', msg: said, ...fields }),
      at,
    ],
    ['JSON of no moment', JSON.stringify({ msg: said, ...fields }), Number.MAX_SAFE_INTEGER],
  ])('reads a line in %s encoding', (_, line, atMs) => {
    expect(readDropLines('gateway-0', `${line}\nanother line`)).toEqual([{ ...dropped, atMs }]);
  });
});
