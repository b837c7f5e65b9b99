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

  const sampler = { 'otelcol.component.id': 'tail_sampling', 'otelcol.signal': 'traces' };
  const warning = (what: string, error: string): string =>
    `2026-11-21T19:00:00.500Z\twarn\tx.go:1\t${what}\t${JSON.stringify({ ...sampler, error })}`;

  it.each(['Error sending spans to destination', 'Sender failed'])(
    'reads what a processor says of what it handed on, which counts nothing: %s',
    (what) => {
      const refused = 'data refused due to high memory usage';
      const line = { component: 'tail_sampling', items: 0, error: refused, uncounted: true };
      expect(readDropLines('gateway-0', warning(what, refused))).toEqual([
        { ...dropped, ...line, atMs: at },
      ]);
    },
  );

  it('does not say twice what the exporter behind has counted', () => {
    const own = `2026-11-21T19:00:00.500Z\terror\tx.go:1\t${said}\t${JSON.stringify(fields)}`;
    const both = `${own}\n${warning('Sender failed', 'rpc error; rpc error')}`;
    expect(readDropLines('gateway-0', both)).toEqual([{ ...dropped, atMs: at }]);
  });
});
